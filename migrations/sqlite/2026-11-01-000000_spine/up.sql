-- Instants are UTC microseconds since 1970; amounts are euro cents; enumerations are text codes.

-- People ---------------------------------------------------------------------------------------------------------

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL,
    surname TEXT NOT NULL,
    password_hash TEXT,
    administrator BOOLEAN NOT NULL DEFAULT FALSE,
    confirmed_at BIGINT,
    disabled_at BIGINT,
    search_text TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE account_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('confirm', 'reset')),
    token_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX account_tokens_account ON account_tokens (account_id);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account_id);

CREATE TABLE institutions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    short_name TEXT NOT NULL,
    address TEXT NOT NULL,
    siret TEXT UNIQUE,
    demonstration BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);

CREATE TABLE agents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    institution_id BIGINT NOT NULL REFERENCES institutions (id),
    quality TEXT NOT NULL,
    service TEXT NOT NULL,
    ended_at BIGINT,
    UNIQUE (account_id, institution_id)
);

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    siret TEXT UNIQUE,
    rna TEXT UNIQUE,
    legal_form TEXT NOT NULL,
    street TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    city TEXT NOT NULL,
    representative_name TEXT NOT NULL,
    representative_quality TEXT NOT NULL,
    search_text TEXT NOT NULL,
    demonstration BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    CHECK (siret IS NOT NULL OR rna IS NOT NULL)
);

CREATE TABLE organisation_members (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    joined_at BIGINT NOT NULL,
    UNIQUE (organisation_id, account_id)
);
CREATE INDEX organisation_members_account ON organisation_members (account_id);

-- Calls ----------------------------------------------------------------------------------------------------------

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
    role TEXT NOT NULL CHECK (role IN ('call_manager', 'instructor', 'committee_member', 'signatory', 'funder')),
    seat TEXT,
    granted_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX call_roles_account ON call_roles (account_id);
CREATE INDEX call_roles_call ON call_roles (call_id);

-- Dossiers -------------------------------------------------------------------------------------------------------

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

-- Instruction ----------------------------------------------------------------------------------------------------

CREATE TABLE eligibility_checks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    complete BOOLEAN NOT NULL,
    eligible BOOLEAN NOT NULL,
    ground TEXT NOT NULL,
    decided_by BIGINT NOT NULL REFERENCES accounts (id),
    decided_at BIGINT NOT NULL
);
CREATE INDEX eligibility_checks_dossier ON eligibility_checks (dossier_id);

CREATE TABLE assignments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    institution_id BIGINT NOT NULL REFERENCES institutions (id),
    due_at BIGINT,
    assigned_by BIGINT NOT NULL REFERENCES accounts (id),
    assigned_at BIGINT NOT NULL,
    ended_at BIGINT,
    end_reason TEXT
);
CREATE INDEX assignments_dossier ON assignments (dossier_id);
CREATE INDEX assignments_account ON assignments (account_id);

-- Declared before reading a dossier as instructor or judging it in committee. A conflict is a recusal.
CREATE TABLE interest_declarations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    conflict BOOLEAN NOT NULL,
    detail TEXT NOT NULL,
    declared_at BIGINT NOT NULL,
    UNIQUE (dossier_id, account_id)
);
CREATE INDEX interest_declarations_account ON interest_declarations (account_id);

CREATE TABLE reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    assignment_id BIGINT NOT NULL UNIQUE REFERENCES assignments (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    opinion TEXT CHECK (opinion IN ('favourable', 'reserved', 'unfavourable')),
    comment TEXT NOT NULL,
    proposed_cents BIGINT CHECK (proposed_cents >= 0),
    version BIGINT NOT NULL DEFAULT 1,
    started_at BIGINT NOT NULL,
    submitted_at BIGINT
);
CREATE INDEX reviews_dossier ON reviews (dossier_id);

-- A missing row or one not answered is not yet scored; answered with a null level is an abstention. Neither is zero.
CREATE TABLE review_scores (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id BIGINT NOT NULL REFERENCES reviews (id),
    criterion TEXT NOT NULL,
    answered BOOLEAN NOT NULL,
    level INTEGER CHECK (level >= 0),
    comment TEXT NOT NULL,
    UNIQUE (review_id, criterion),
    CHECK (answered OR level IS NULL)
);

-- Committee ------------------------------------------------------------------------------------------------------

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

-- Decisions ------------------------------------------------------------------------------------------------------

CREATE TABLE delegations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    institution_id BIGINT NOT NULL REFERENCES institutions (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    quality TEXT NOT NULL,
    service TEXT NOT NULL,
    reference TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    ceiling_cents BIGINT CHECK (ceiling_cents > 0),
    revoked_at BIGINT
);
CREATE INDEX delegations_account ON delegations (account_id);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    dossier_id BIGINT NOT NULL UNIQUE REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    opinion_id BIGINT NOT NULL REFERENCES committee_opinions (id),
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    number TEXT NOT NULL UNIQUE,
    outcome TEXT NOT NULL CHECK (outcome IN ('selected', 'waitlisted', 'rejected')),
    amount_cents BIGINT CHECK (amount_cents > 0),
    envelope_id BIGINT,
    waitlist_rank BIGINT CHECK (waitlist_rank >= 1),
    motive TEXT NOT NULL,
    -- Why the authority departs from the committee's advisory opinion; empty when it follows it.
    departure_reason TEXT NOT NULL,
    delegation_id BIGINT NOT NULL REFERENCES delegations (id),
    signed_by BIGINT NOT NULL REFERENCES accounts (id),
    signed_at BIGINT NOT NULL,
    notified_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((outcome = 'selected') = (amount_cents IS NOT NULL))
);
CREATE INDEX decisions_call ON decisions (call_id);

CREATE TABLE letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id BIGINT NOT NULL UNIQUE REFERENCES decisions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    number TEXT NOT NULL UNIQUE,
    check_code TEXT NOT NULL UNIQUE,
    document_id BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    notified_at BIGINT,
    read_at BIGINT,
    read_by BIGINT REFERENCES accounts (id)
);
CREATE INDEX letters_dossier ON letters (dossier_id);

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

-- Funding --------------------------------------------------------------------------------------------------------

CREATE TABLE funding_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    funder_id BIGINT NOT NULL REFERENCES institutions (id),
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    payer_id BIGINT NOT NULL REFERENCES institutions (id),
    name TEXT NOT NULL,
    UNIQUE (funder_id, name)
);

-- An unknown vote (null) accepts neither reservation nor commitment: unknown is not unlimited.
CREATE TABLE envelopes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    funding_line_id BIGINT NOT NULL REFERENCES funding_lines (id),
    year INTEGER NOT NULL,
    voted BIGINT,
    reserved BIGINT NOT NULL DEFAULT 0,
    committed BIGINT NOT NULL DEFAULT 0,
    paid BIGINT NOT NULL DEFAULT 0,
    source TEXT NOT NULL,
    UNIQUE (call_id, funding_line_id, year),
    CHECK (voted IS NULL OR voted > 0),
    CHECK (reserved >= 0),
    CHECK (committed >= 0),
    CHECK (paid >= 0 AND paid <= committed),
    CHECK (voted IS NOT NULL OR (reserved = 0 AND committed = 0)),
    CHECK (voted IS NULL OR reserved + committed <= voted)
);

-- Append-only. The counters of an envelope are the sums of these lines by kind.
CREATE TABLE ledger_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope_id BIGINT NOT NULL REFERENCES envelopes (id),
    kind TEXT NOT NULL CHECK (kind IN ('vote', 'reservation', 'commitment', 'payment')),
    amount_cents BIGINT NOT NULL CHECK (amount_cents <> 0),
    dossier_id BIGINT REFERENCES dossiers (id),
    opinion_id BIGINT REFERENCES committee_opinions (id),
    decision_id BIGINT REFERENCES decisions (id),
    payment_id BIGINT,
    reason TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES accounts (id)
);
CREATE INDEX ledger_entries_envelope ON ledger_entries (envelope_id);
CREATE INDEX ledger_entries_dossier ON ledger_entries (dossier_id);

CREATE TABLE acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id BIGINT NOT NULL UNIQUE REFERENCES decisions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('order', 'agreement')),
    reference TEXT NOT NULL UNIQUE,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    dated_on TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL
);
CREATE INDEX acts_dossier ON acts (dossier_id);

CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    act_id BIGINT NOT NULL REFERENCES acts (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    envelope_id BIGINT NOT NULL REFERENCES envelopes (id),
    kind TEXT NOT NULL CHECK (kind IN ('advance', 'balance')),
    reference TEXT NOT NULL UNIQUE,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    paid_on TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL
);
CREATE INDEX payments_dossier ON payments (dossier_id);

-- Follow-up ------------------------------------------------------------------------------------------------------

CREATE TABLE indicators (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    code TEXT NOT NULL,
    label TEXT NOT NULL,
    unit TEXT NOT NULL,
    target BIGINT NOT NULL CHECK (target > 0),
    UNIQUE (dossier_version_id, code)
);
CREATE INDEX indicators_dossier ON indicators (dossier_id);

CREATE TABLE indicator_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    indicator_id BIGINT NOT NULL REFERENCES indicators (id),
    observed_on TEXT NOT NULL,
    value BIGINT NOT NULL CHECK (value >= 0),
    comment TEXT NOT NULL,
    reported_by BIGINT NOT NULL REFERENCES accounts (id),
    reported_at BIGINT NOT NULL
);
CREATE INDEX indicator_values_indicator ON indicator_values (indicator_id);

-- Trail and mail -------------------------------------------------------------------------------------------------

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
