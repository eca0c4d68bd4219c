-- The list of the reviews asked in a call, read in the order of an index whatever its length: the call of the dossier
-- and the instant of the submission, which never change without the rows that they come from.
ALTER TABLE assignments ADD COLUMN call_id BIGINT REFERENCES calls (id);
ALTER TABLE assignments ADD COLUMN review_submitted_at BIGINT;
UPDATE assignments SET
    call_id = (SELECT dossiers.call_id FROM dossiers WHERE dossiers.id = assignments.dossier_id),
    review_submitted_at = (SELECT reviews.submitted_at FROM reviews WHERE reviews.assignment_id = assignments.id);
-- By due date, what is submitted and what has no due date last.
CREATE INDEX assignments_asked ON assignments
    (call_id, (review_submitted_at IS NOT NULL), (due_at IS NULL), due_at, id, ended_at) WHERE ended_at IS NULL;
-- What is still awaited, a small part of them.
CREATE INDEX assignments_awaited ON assignments (call_id, due_at, dossier_id, ended_at, review_submitted_at)
    WHERE ended_at IS NULL AND review_submitted_at IS NULL;
