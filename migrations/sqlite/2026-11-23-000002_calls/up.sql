CREATE TABLE calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    last_reference BIGINT NOT NULL DEFAULT 0,
    last_decision BIGINT NOT NULL DEFAULT 0,
    definition_id BIGINT,
    created_at BIGINT NOT NULL
);

-- Append-only: an open call's definition is versioned, never edited.
CREATE TABLE call_definitions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    UNIQUE (call_id, number)
);

CREATE TABLE call_roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    institution_id BIGINT NOT NULL REFERENCES institutions (id),
    role TEXT NOT NULL CHECK (role IN (
        'call_manager', 'instructor', 'correspondent', 'committee_member', 'signatory', 'funder'
    )),
    seat TEXT,
    -- Of a correspondent, and of nobody else.
    department TEXT,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT,
    CHECK ((role = 'correspondent') = (department IS NOT NULL))
);
CREATE INDEX call_roles_account ON call_roles (account_id);
CREATE INDEX call_roles_call ON call_roles (call_id);

-- In whose name an agent of several institutions acts in a call.
CREATE TABLE acting_choices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    call_id BIGINT NOT NULL REFERENCES calls (id),
    institution_id BIGINT NOT NULL REFERENCES institutions (id),
    UNIQUE (account_id, call_id)
);
