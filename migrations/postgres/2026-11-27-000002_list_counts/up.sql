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
);

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

-- Changes of the transactions in progress. Each is added to its count when its transaction commits: two that touch the
-- same counts in another order then never wait for each other, since the head of the journal lets one commit at a time.
CREATE TABLE list_count_changes (
    id BIGSERIAL PRIMARY KEY,
    call_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    state TEXT NOT NULL,
    number BIGINT NOT NULL
);

CREATE FUNCTION add_list_count() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM list_count_changes WHERE id = NEW.id;
    INSERT INTO list_counts AS counts (call_id, kind, code, state, number)
    VALUES (NEW.call_id, NEW.kind, NEW.code, NEW.state, NEW.number)
    ON CONFLICT (call_id, kind, code, state) DO UPDATE SET number = counts.number + excluded.number;
    RETURN NULL;
END;
$$;

CREATE CONSTRAINT TRIGGER list_count_changes_added AFTER INSERT ON list_count_changes
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION add_list_count();

CREATE FUNCTION count_dossier() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        VALUES (NEW.call_id, 'dossier', '', NEW.state, 1);
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        VALUES (OLD.call_id, 'dossier', '', OLD.state, -1);
    ELSE
        -- A change of state moves all that the dossier counts for.
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        SELECT call_id, kind, code, moved.state, moved.sign * COUNT(*)
        FROM list_members CROSS JOIN (VALUES (OLD.state, -1), (NEW.state, 1)) AS moved (state, sign)
        WHERE dossier_id = NEW.id
        GROUP BY call_id, kind, code, moved.state, moved.sign;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER dossiers_counted AFTER INSERT OR DELETE ON dossiers FOR EACH ROW EXECUTE FUNCTION count_dossier();
CREATE TRIGGER dossiers_count_moves AFTER UPDATE OF state ON dossiers FOR EACH ROW
WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION count_dossier();

CREATE FUNCTION count_dossier_tag() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        SELECT call_id, NEW.kind, NEW.code, state, 1 FROM dossiers WHERE id = NEW.dossier_id;
    ELSE
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        SELECT call_id, OLD.kind, OLD.code, state, -1 FROM dossiers WHERE id = OLD.dossier_id;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER dossier_tags_counted AFTER INSERT OR DELETE ON dossier_tags FOR EACH ROW
EXECUTE FUNCTION count_dossier_tag();

CREATE FUNCTION count_assignment() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.ended_at IS NULL THEN
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        SELECT call_id, 'review', CASE WHEN OLD.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, state, -1
        FROM dossiers WHERE id = OLD.dossier_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.ended_at IS NULL THEN
        INSERT INTO list_count_changes (call_id, kind, code, state, number)
        SELECT call_id, 'review', CASE WHEN NEW.review_submitted_at IS NULL THEN 'awaited' ELSE 'given' END, state, 1
        FROM dossiers WHERE id = NEW.dossier_id;
    END IF;
    RETURN NULL;
END;
$$;

CREATE TRIGGER assignments_counted AFTER INSERT OR DELETE OR UPDATE OF ended_at, review_submitted_at ON assignments
FOR EACH ROW EXECUTE FUNCTION count_assignment();

-- The few declared conflicts among all the declarations, by who asks and by dossier.
CREATE INDEX interest_declarations_conflict_account ON interest_declarations (account_id, dossier_id) WHERE conflict;
CREATE INDEX interest_declarations_conflict_dossier ON interest_declarations (dossier_id, account_id) WHERE conflict;

-- The dossiers of an organisation, in one call or in all.
DROP INDEX dossiers_organisation;
CREATE INDEX dossiers_organisation_call ON dossiers (organisation_id, call_id);
