CREATE TABLE dossiers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    definition_id BIGINT NOT NULL REFERENCES call_definitions (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    state TEXT NOT NULL,
    reference TEXT UNIQUE,
    title TEXT NOT NULL,
    search_text TEXT NOT NULL,
    requested_cents BIGINT,
    submitted_at BIGINT,
    current_version_id BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL REFERENCES accounts (id),
    updated_at BIGINT NOT NULL
);
CREATE INDEX dossiers_call_state ON dossiers (call_id, state);
CREATE INDEX dossiers_organisation ON dossiers (organisation_id);

CREATE TABLE dossier_sections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    section TEXT NOT NULL,
    answers TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL,
    updated_by BIGINT NOT NULL REFERENCES accounts (id),
    UNIQUE (dossier_id, section)
);

CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    piece TEXT NOT NULL,
    file_name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    byte_size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    uploaded_at BIGINT NOT NULL,
    uploaded_by BIGINT NOT NULL REFERENCES accounts (id),
    removed_at BIGINT
);
CREATE INDEX attachments_dossier ON attachments (dossier_id);

-- Append-only: what was submitted.
CREATE TABLE dossier_versions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    number BIGINT NOT NULL,
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    requested_cents BIGINT NOT NULL CHECK (requested_cents > 0),
    submitted_at BIGINT NOT NULL,
    submitted_by BIGINT NOT NULL REFERENCES accounts (id),
    UNIQUE (dossier_id, number)
);

-- Axes and departments of the current version, for filters and counts.
CREATE TABLE dossier_tags (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('axis', 'department')),
    code TEXT NOT NULL,
    UNIQUE (dossier_id, kind, code)
);
