-- Sealed PDF documents; the bytes lie in the file store under their hash.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'minutes', 'letter')),
    dossier_id BIGINT REFERENCES dossiers (id),
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    byte_size BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX documents_dossier ON documents (dossier_id);

CREATE TABLE journal_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    sequence BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO journal_head (id, sequence, hash) VALUES (1, 0, 'essaim');

-- Append-only and chained. Personal text lies apart, salted, so that the chain survives its erasure.
CREATE TABLE journal_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sequence BIGINT NOT NULL UNIQUE,
    occurred_at BIGINT NOT NULL,
    actor_id BIGINT,
    action TEXT NOT NULL,
    -- Whether the applicant reads the entry, or the institutions only.
    audience TEXT NOT NULL CHECK (audience IN ('everyone', 'institutions')),
    call_id BIGINT,
    dossier_id BIGINT,
    text_digest TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX journal_entries_dossier ON journal_entries (dossier_id);
CREATE INDEX journal_entries_call ON journal_entries (call_id);

CREATE TABLE journal_texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    sequence BIGINT NOT NULL UNIQUE,
    salt TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    summary TEXT NOT NULL,
    reason TEXT NOT NULL
);

CREATE TABLE mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    recipient_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    search_text TEXT NOT NULL,
    document_id BIGINT REFERENCES documents (id),
    dossier_id BIGINT REFERENCES dossiers (id),
    created_at BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    leased_until BIGINT,
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_at BIGINT,
    failed_at BIGINT,
    last_error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX mails_pending ON mails (sent_at, not_before);

-- What the service tells a person in its own pages.
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    href TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notifications_account ON notifications (account_id, read_at);
