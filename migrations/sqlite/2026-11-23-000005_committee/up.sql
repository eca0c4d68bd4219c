CREATE TABLE committee_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    number BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('shortlisting', 'selection')),
    -- The adjourned session whose agenda this one takes up; it sits with the quorum of second sessions.
    second_of BIGINT UNIQUE REFERENCES committee_sessions (id),
    held_at BIGINT NOT NULL,
    place TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'open', 'adjourned', 'sealed')),
    quorum BIGINT NOT NULL,
    -- When the members were sent their convocation.
    convened_at BIGINT,
    -- Why they had less notice than the call asks; empty when they had it.
    urgency TEXT NOT NULL DEFAULT '',
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
    presence TEXT NOT NULL CHECK (presence IN ('present', 'remote', 'represented', 'absent')),
    -- The seat that votes for a represented one: a seat receives one proxy at most.
    proxy_seat TEXT,
    UNIQUE (session_id, seat),
    UNIQUE (session_id, proxy_seat),
    CHECK ((presence = 'represented') = (proxy_seat IS NOT NULL))
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
    returned_at BIGINT CHECK (returned_at >= left_at),
    UNIQUE (session_id, dossier_id, account_id)
);

CREATE TABLE committee_opinions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id BIGINT NOT NULL REFERENCES committee_sessions (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    outcome TEXT NOT NULL CHECK (outcome IN ('shortlisted', 'set_aside', 'selected', 'waitlisted', 'rejected')),
    waitlist_rank BIGINT CHECK (waitlist_rank >= 1),
    debate TEXT NOT NULL,
    motive TEXT NOT NULL,
    -- A vote is counted only when one was asked.
    votes_for BIGINT CHECK (votes_for >= 0),
    votes_against BIGINT CHECK (votes_against >= 0),
    votes_abstained BIGINT CHECK (votes_abstained >= 0),
    version BIGINT NOT NULL DEFAULT 1,
    recorded_by BIGINT NOT NULL REFERENCES accounts (id),
    recorded_at BIGINT NOT NULL,
    UNIQUE (session_id, dossier_id),
    CHECK ((outcome = 'waitlisted') = (waitlist_rank IS NOT NULL)),
    CHECK ((votes_for IS NULL) = (votes_against IS NULL) AND (votes_for IS NULL) = (votes_abstained IS NULL))
);
CREATE INDEX committee_opinions_dossier ON committee_opinions (dossier_id);

-- What a selected dossier would receive, on which line and in which year.
CREATE TABLE opinion_shares (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    opinion_id BIGINT NOT NULL REFERENCES committee_opinions (id),
    funding_line_id BIGINT NOT NULL,
    year INTEGER NOT NULL,
    amount_cents BIGINT NOT NULL CHECK (amount_cents > 0),
    UNIQUE (opinion_id, funding_line_id, year)
);
