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

-- One authority's act on one dossier. What it grants is in decision_shares: the whole of the authority's shares as they
-- stand after this decision.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    opinion_id BIGINT REFERENCES committee_opinions (id),
    kind TEXT NOT NULL CHECK (
        kind IN ('initial', 'promotion', 'list_end', 'amendment', 'correction', 'yearly', 'termination')
    ),
    authority_id BIGINT NOT NULL REFERENCES institutions (id),
    number TEXT NOT NULL UNIQUE,
    outcome TEXT NOT NULL CHECK (outcome IN ('selected', 'waitlisted', 'rejected', 'not_shortlisted', 'ineligible')),
    waitlist_rank BIGINT CHECK (waitlist_rank >= 1),
    motive TEXT NOT NULL,
    -- Why the authority departs from the committee's advisory opinion or from the order of the list; empty otherwise.
    departure_reason TEXT NOT NULL,
    -- The notified decision that this act replaces.
    replaces_id BIGINT REFERENCES decisions (id),
    -- Contradictory procedure before a termination (CRPA L121-1).
    formal_notice_on TEXT,
    observations TEXT NOT NULL DEFAULT '',
    delegation_id BIGINT NOT NULL REFERENCES delegations (id),
    signed_by BIGINT NOT NULL REFERENCES accounts (id),
    signed_at BIGINT NOT NULL,
    -- The letter that carries it, once every authority has signed.
    letter_id BIGINT,
    notified_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    CHECK ((kind = 'termination') = (formal_notice_on IS NOT NULL)),
    CHECK (kind <> 'correction' OR replaces_id IS NOT NULL)
);
CREATE INDEX decisions_call ON decisions (call_id);
CREATE INDEX decisions_dossier ON decisions (dossier_id);
CREATE INDEX decisions_letter ON decisions (letter_id);
-- Each authority decides once on an opinion, and promotes or closes the list once.
CREATE UNIQUE INDEX decisions_initial ON decisions (dossier_id, authority_id) WHERE kind = 'initial';
CREATE UNIQUE INDEX decisions_after_list ON decisions (dossier_id) WHERE kind IN ('promotion', 'list_end');
CREATE UNIQUE INDEX decisions_replaced ON decisions (replaces_id) WHERE kind = 'correction';

CREATE TABLE decision_shares (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    decision_id BIGINT NOT NULL REFERENCES decisions (id),
    funding_line_id BIGINT NOT NULL,
    year INTEGER NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    -- Committed on the year's envelope; otherwise planned, subject to credits.
    firm BOOLEAN NOT NULL,
    UNIQUE (decision_id, funding_line_id, year)
);

CREATE TABLE letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    kind TEXT NOT NULL CHECK (kind IN ('notification', 'amendment', 'correction', 'yearly', 'termination')),
    number TEXT NOT NULL UNIQUE,
    check_code TEXT NOT NULL UNIQUE,
    document_id BIGINT NOT NULL,
    -- The applicant's consent as of the version decided on.
    electronic BOOLEAN NOT NULL,
    issued_at BIGINT NOT NULL,
    notified_at BIGINT,
    posted_on TEXT,
    read_at BIGINT,
    read_by BIGINT REFERENCES accounts (id),
    replaced_by BIGINT REFERENCES letters (id)
);
CREATE INDEX letters_dossier ON letters (dossier_id);
CREATE INDEX letters_call ON letters (call_id, notified_at);
-- One letter at a time waits for its notification.
CREATE UNIQUE INDEX letters_waiting ON letters (dossier_id) WHERE notified_at IS NULL;

-- Letters sent together. The serving process works through the jobs; what is done stays done when it is killed.
CREATE TABLE letter_batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    kind TEXT NOT NULL CHECK (kind IN ('electronic', 'postal')),
    created_by BIGINT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    -- When the printed letters were handed to the post; the batch leaves once it is known.
    posted_on TEXT,
    finished_at BIGINT
);
CREATE INDEX letter_batches_call ON letter_batches (call_id);

CREATE TABLE letter_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    batch_id BIGINT NOT NULL REFERENCES letter_batches (id),
    letter_id BIGINT NOT NULL REFERENCES letters (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'kept')),
    -- Why a letter was kept back, in French.
    problem TEXT NOT NULL DEFAULT '',
    done_at BIGINT,
    UNIQUE (batch_id, letter_id)
);
CREATE INDEX letter_jobs_state ON letter_jobs (batch_id, state);
-- A letter waits in one batch at most.
CREATE UNIQUE INDEX letter_jobs_waiting ON letter_jobs (letter_id) WHERE state = 'waiting';
