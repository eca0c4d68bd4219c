DROP INDEX assignments_awaited;
DROP INDEX assignments_asked;
ALTER TABLE assignments DROP COLUMN review_submitted_at;
ALTER TABLE assignments DROP COLUMN call_id;
