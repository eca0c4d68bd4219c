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
    end_reason TEXT,
    -- Ended by the instructor, who said why.
    refused_at BIGINT,
    reminded_at BIGINT
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
    version BIGINT NOT NULL DEFAULT 1,
    started_at BIGINT NOT NULL,
    submitted_at BIGINT
);
CREATE INDEX reviews_dossier ON reviews (dossier_id);

-- What a review says of one funder of the call. The opinion is null when the dossier asks one funder only.
CREATE TABLE review_proposals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id BIGINT NOT NULL REFERENCES reviews (id),
    funder TEXT NOT NULL,
    opinion TEXT CHECK (opinion IN ('favourable', 'reserved', 'unfavourable')),
    proposed_cents BIGINT CHECK (proposed_cents >= 0),
    UNIQUE (review_id, funder)
);

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

-- Every submission of a review, frozen. The last one of a reopened review says who reopened it and why.
CREATE TABLE review_submissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    review_id BIGINT NOT NULL REFERENCES reviews (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    number BIGINT NOT NULL,
    body TEXT NOT NULL,
    submitted_at BIGINT NOT NULL,
    reopened_at BIGINT,
    reopened_by BIGINT REFERENCES accounts (id),
    reason TEXT,
    UNIQUE (review_id, number)
);

-- What a department thinks of a dossier that concerns it, asked once.
CREATE TABLE territorial_opinions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    dossier_version_id BIGINT NOT NULL REFERENCES dossier_versions (id),
    department TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by BIGINT NOT NULL REFERENCES accounts (id),
    due_at BIGINT,
    account_id BIGINT REFERENCES accounts (id),
    opinion TEXT CHECK (opinion IN ('favourable', 'reserved', 'unfavourable')),
    comment TEXT NOT NULL DEFAULT '',
    submitted_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    UNIQUE (dossier_id, department),
    CHECK (submitted_at IS NULL OR (opinion IS NOT NULL AND account_id IS NOT NULL))
);
CREATE INDEX territorial_opinions_department ON territorial_opinions (call_id, department);
