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
    updated_at BIGINT NOT NULL,
    -- When its writers were told that the call closes soon.
    reminded_at BIGINT
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

-- What an applicant is asked to complete or correct: one request at a time. `snapshot` is the draft as it stood when
-- the request left, to come back to if the request is cancelled.
CREATE TABLE completion_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    targets TEXT NOT NULL,
    message TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    asked_by BIGINT NOT NULL REFERENCES accounts (id),
    asked_at BIGINT NOT NULL,
    snapshot TEXT NOT NULL,
    answered_at BIGINT,
    answered_version_id BIGINT REFERENCES dossier_versions (id),
    cancelled_at BIGINT,
    CHECK (answered_at IS NULL OR cancelled_at IS NULL),
    CHECK ((answered_at IS NULL) = (answered_version_id IS NULL))
);
CREATE UNIQUE INDEX completion_requests_pending ON completion_requests (dossier_id)
    WHERE answered_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX completion_requests_dossier ON completion_requests (dossier_id);

-- People invited to write one dossier who are no members of its organisation.
CREATE TABLE dossier_editors (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    account_id BIGINT REFERENCES accounts (id),
    email TEXT NOT NULL,
    invited_by BIGINT NOT NULL REFERENCES accounts (id),
    invited_at BIGINT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    accepted_at BIGINT,
    removed_at BIGINT,
    CHECK ((account_id IS NULL) = (accepted_at IS NULL))
);
CREATE INDEX dossier_editors_dossier ON dossier_editors (dossier_id);
CREATE INDEX dossier_editors_account ON dossier_editors (account_id);
