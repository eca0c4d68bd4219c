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
