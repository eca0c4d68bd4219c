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
    clawback_id BIGINT,
    reason TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BIGINT REFERENCES accounts (id)
);
CREATE INDEX ledger_entries_envelope ON ledger_entries (envelope_id);
CREATE INDEX ledger_entries_dossier ON ledger_entries (dossier_id);

-- One per decision of an authority: the first fixes the schedule, those that follow amend it.
CREATE TABLE acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id BIGINT NOT NULL UNIQUE REFERENCES decisions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    amends_id BIGINT REFERENCES acts (id),
    kind TEXT NOT NULL CHECK (kind IN ('order', 'agreement')),
    reference TEXT NOT NULL UNIQUE,
    -- Firm years and years planned subject to credits, together.
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    dated_on TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE INDEX acts_dossier ON acts (dossier_id);
CREATE UNIQUE INDEX acts_first ON acts (dossier_id, authority_id) WHERE amends_id IS NULL;

CREATE TABLE instalments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    act_id BIGINT NOT NULL REFERENCES acts (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    funding_line_id BIGINT NOT NULL REFERENCES funding_lines (id),
    year INTEGER NOT NULL,
    position INTEGER NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    due_rule TEXT NOT NULL CHECK (due_rule IN ('notification', 'service', 'date')),
    due_on TEXT,
    service_done_on TEXT,
    -- What is left of it is taken over by an amending act, or given up at the closure.
    ended_at BIGINT,
    UNIQUE (act_id, funding_line_id, year, position),
    CHECK ((due_rule = 'date') = (due_on IS NOT NULL)),
    CHECK (service_done_on IS NULL OR due_rule = 'service')
);
CREATE INDEX instalments_dossier ON instalments (dossier_id);

CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    act_id BIGINT NOT NULL REFERENCES acts (id),
    instalment_id BIGINT NOT NULL REFERENCES instalments (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    envelope_id BIGINT NOT NULL REFERENCES envelopes (id),
    reference TEXT NOT NULL UNIQUE,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    paid_on TEXT NOT NULL,
    -- By when the law wanted it paid, as known when it was.
    due_by TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL
);
CREATE INDEX payments_dossier ON payments (dossier_id);
CREATE INDEX payments_envelope ON payments (envelope_id);

-- Money asked back: noticed, then ordered, then received; abandoned at any time before that.
CREATE TABLE clawbacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    envelope_id BIGINT NOT NULL REFERENCES envelopes (id),
    state TEXT NOT NULL CHECK (state IN ('noticed', 'ordered', 'received', 'abandoned')),
    asked_cents BIGINT NOT NULL CHECK (asked_cents > 0),
    reason TEXT NOT NULL,
    noticed_on TEXT NOT NULL,
    observations_until TEXT NOT NULL,
    observations TEXT NOT NULL DEFAULT '',
    ordered_cents BIGINT CHECK (ordered_cents > 0 AND ordered_cents <= asked_cents),
    ordered_on TEXT,
    reference TEXT UNIQUE,
    received_on TEXT,
    abandoned_on TEXT,
    abandoned_reason TEXT NOT NULL DEFAULT '',
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK (state NOT IN ('ordered', 'received') OR (ordered_cents IS NOT NULL AND reference IS NOT NULL)),
    CHECK ((state = 'received') = (received_on IS NOT NULL)),
    CHECK ((state = 'abandoned') = (abandoned_on IS NOT NULL))
);
CREATE INDEX clawbacks_dossier ON clawbacks (dossier_id);

-- What the project cost and brought in the end, group by group, beside what the dossier forecast.
CREATE TABLE financial_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL UNIQUE REFERENCES dossiers (id),
    received_on TEXT NOT NULL,
    comment TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE financial_report_lines (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report_id BIGINT NOT NULL REFERENCES financial_reports (id),
    side TEXT NOT NULL CHECK (side IN ('charges', 'produits')),
    -- Class of the chart of accounts.
    class TEXT NOT NULL,
    realised_cents BIGINT NOT NULL CHECK (realised_cents >= 0),
    UNIQUE (report_id, side, class)
);

-- Each authority closes its own part; the dossier is closed with the last one.
CREATE TABLE closures (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    -- Committed, never paid: freed.
    given_up_cents BIGINT NOT NULL CHECK (given_up_cents >= 0),
    -- Paid, not spent, left to the applicant.
    kept_cents BIGINT NOT NULL CHECK (kept_cents >= 0),
    reason TEXT NOT NULL,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL,
    UNIQUE (dossier_id, authority_id)
);
