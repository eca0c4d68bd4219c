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
