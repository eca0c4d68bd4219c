-- What a ranking reads of each frozen version, apart from its content, which holds the whole form: the same JSON, its other
-- fields left out. Written with the version and, like it, never again.
CREATE TABLE version_excerpts (
    dossier_version_id BIGINT PRIMARY KEY REFERENCES dossier_versions (id),
    requested_cents BIGINT NOT NULL CHECK (requested_cents > 0),
    excerpt TEXT NOT NULL CHECK (excerpt::json IS NOT NULL)
);
INSERT INTO version_excerpts (dossier_version_id, requested_cents, excerpt)
SELECT
    id,
    requested_cents,
    json_build_object(
        'applicant', json_build_object('name', content::json -> 'applicant' ->> 'name'),
        'answers', json_build_object(
            'axes', content::json -> 'answers' -> 'axes',
            'departments', content::json -> 'answers' -> 'departments'
        ),
        'budget', content::json -> 'budget'
    )::text
FROM dossier_versions;
