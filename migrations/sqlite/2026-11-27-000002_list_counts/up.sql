-- How many dossiers and reviews the lists of a call have, by state of the dossier: read in one row whatever their length.
-- `dossier` counts dossiers; `axis` and `department` those that have this code; `review` the active assignments, by
-- `code`, `given` or `awaited`. Triggers keep the counts, so that no writer can forget them.
CREATE TABLE list_counts (
    call_id BIGINT NOT NULL REFERENCES calls (id),
    kind TEXT NOT NULL CHECK (kind IN ('dossier', 'axis', 'department', 'review')),
    code TEXT NOT NULL,
    state TEXT NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (call_id, kind, code, state)
) WITHOUT ROWID;

-- What each dossier counts for, a row each time it does.
CREATE VIEW list_members AS
    SELECT id AS dossier_id, call_id, 'dossier' AS kind, '' AS code, state FROM dossiers
    UNION ALL
    SELECT dossiers.id, dossiers.call_id, dossier_tags.kind, dossier_tags.code, dossiers.state
    FROM dossier_tags INNER JOIN dossiers ON dossiers.id = dossier_tags.dossier_id
    UNION ALL
    SELECT dossiers.id, dossiers.call_id, 'review',
        CASE WHEN assignments.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, dossiers.state
    FROM assignments INNER JOIN dossiers ON dossiers.id = assignments.dossier_id
    WHERE assignments.ended_at IS NULL;

INSERT INTO list_counts (call_id, kind, code, state, number)
SELECT call_id, kind, code, state, COUNT(*) FROM list_members GROUP BY call_id, kind, code, state;

CREATE TRIGGER dossiers_counted_in AFTER INSERT ON dossiers BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    VALUES (NEW.call_id, 'dossier', '', NEW.state, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER dossiers_counted_out BEFORE DELETE ON dossiers BEGIN
    UPDATE list_counts SET number = number - 1
    WHERE call_id = OLD.call_id AND kind = 'dossier' AND code = '' AND state = OLD.state;
END;

-- A change of state moves all that the dossier counts for.
CREATE TRIGGER dossiers_count_leaves BEFORE UPDATE OF state ON dossiers WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, kind, code, state, -COUNT(*) FROM list_members WHERE dossier_id = OLD.id
    GROUP BY call_id, kind, code, state
    ON CONFLICT DO UPDATE SET number = number + excluded.number;
END;

CREATE TRIGGER dossiers_count_arrives AFTER UPDATE OF state ON dossiers WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, kind, code, state, COUNT(*) FROM list_members WHERE dossier_id = NEW.id
    GROUP BY call_id, kind, code, state
    ON CONFLICT DO UPDATE SET number = number + excluded.number;
END;

CREATE TRIGGER dossier_tags_counted_in AFTER INSERT ON dossier_tags BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, NEW.kind, NEW.code, state, 1 FROM dossiers WHERE id = NEW.dossier_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER dossier_tags_counted_out AFTER DELETE ON dossier_tags BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, OLD.kind, OLD.code, state, -1 FROM dossiers WHERE id = OLD.dossier_id
    ON CONFLICT DO UPDATE SET number = number - 1;
END;

CREATE TRIGGER assignments_counted_in AFTER INSERT ON assignments WHEN NEW.ended_at IS NULL BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, 'review', CASE WHEN NEW.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, state, 1
    FROM dossiers WHERE id = NEW.dossier_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER assignments_counted_out AFTER DELETE ON assignments WHEN OLD.ended_at IS NULL BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, 'review', CASE WHEN OLD.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, state, -1
    FROM dossiers WHERE id = OLD.dossier_id
    ON CONFLICT DO UPDATE SET number = number - 1;
END;

CREATE TRIGGER assignments_count_leaves AFTER UPDATE OF ended_at, review_submitted_at ON assignments
WHEN OLD.ended_at IS NULL BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, 'review', CASE WHEN OLD.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, state, -1
    FROM dossiers WHERE id = OLD.dossier_id
    ON CONFLICT DO UPDATE SET number = number - 1;
END;

CREATE TRIGGER assignments_count_arrives AFTER UPDATE OF ended_at, review_submitted_at ON assignments
WHEN NEW.ended_at IS NULL BEGIN
    INSERT INTO list_counts (call_id, kind, code, state, number)
    SELECT call_id, 'review', CASE WHEN NEW.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, state, 1
    FROM dossiers WHERE id = NEW.dossier_id
    ON CONFLICT DO UPDATE SET number = number + 1;
END;

-- The few declared conflicts among all the declarations, by who asks and by dossier.
CREATE INDEX interest_declarations_conflict_account ON interest_declarations (account_id, dossier_id) WHERE conflict;
CREATE INDEX interest_declarations_conflict_dossier ON interest_declarations (dossier_id, account_id) WHERE conflict;

-- The dossiers of an organisation, in one call or in all.
DROP INDEX dossiers_organisation;
CREATE INDEX dossiers_organisation_call ON dossiers (organisation_id, call_id);
