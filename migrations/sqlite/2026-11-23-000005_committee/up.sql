CREATE TABLE committee_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    number BIGINT NOT NULL,
    held_at BIGINT NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'open', 'sealed')),
    quorum BIGINT NOT NULL,
    opened_at BIGINT,
    sealed_at BIGINT,
    sealed_by BIGINT REFERENCES accounts (id),
    -- Canonical JSON of what the minutes say, and its SHA-256.
    record TEXT,
    record_sha256 TEXT,
    minutes_id BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    UNIQUE (call_id, number)
);

CREATE TABLE attendances (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES committee_sessions (id),
    seat TEXT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    presence TEXT NOT NULL CHECK (presence IN ('present', 'remote', 'absent')),
    UNIQUE (session_id, seat)
);

CREATE TABLE agenda_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES committee_sessions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    added_at BIGINT NOT NULL,
    UNIQUE (session_id, dossier_id)
);

CREATE TABLE recusals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES committee_sessions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    reason TEXT NOT NULL,
    left_at BIGINT NOT NULL,
    UNIQUE (session_id, dossier_id, account_id)
);

CREATE TABLE committee_opinions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES committee_sessions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('selected', 'waitlisted', 'rejected')),
    waitlist_rank BIGINT CHECK (waitlist_rank >= 1),
    amount_cents BIGINT CHECK (amount_cents > 0),
    envelope_id BIGINT,
    debate TEXT NOT NULL,
    motive TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL,
    UNIQUE (session_id, dossier_id),
    CHECK ((outcome = 'selected') = (amount_cents IS NOT NULL)),
    CHECK ((outcome = 'selected') = (envelope_id IS NOT NULL)),
    CHECK ((outcome = 'waitlisted') = (waitlist_rank IS NOT NULL))
);
CREATE INDEX committee_opinions_dossier ON committee_opinions (dossier_id);
