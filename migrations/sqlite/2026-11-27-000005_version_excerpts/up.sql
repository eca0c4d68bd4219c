-- What a ranking reads of each frozen version, apart from its content, which holds the whole form: the same JSON, its other
-- fields left out. Written with the version and, like it, never again.
CREATE TABLE version_excerpts (
    dossier_version_id INTEGER PRIMARY KEY REFERENCES dossier_versions (id),
    requested_cents BIGINT NOT NULL CHECK (requested_cents > 0),
    excerpt TEXT NOT NULL CHECK (json_valid(excerpt))
);
INSERT INTO version_excerpts (dossier_version_id, requested_cents, excerpt)
SELECT
    id,
    requested_cents,
    json_object(
        'applicant', json_object('name', content ->> '$.applicant.name'),
        'answers', json_object('axes', content -> '$.answers.axes', 'departments', content -> '$.answers.departments'),
        'budget', content -> '$.budget'
    )
FROM dossier_versions;
