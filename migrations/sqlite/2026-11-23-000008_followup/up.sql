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

-- The reports a funded dossier owes, computed from its dates: what is due and late is found without reading dossiers.
CREATE TABLE followup_periods (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    number INTEGER NOT NULL CHECK (number > 0),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    reported_at BIGINT,
    UNIQUE (dossier_id, number)
);
CREATE INDEX followup_periods_due ON followup_periods (due_at) WHERE reported_at IS NULL;

-- A correction is a new row; the one before is kept and marked as replaced.
CREATE TABLE indicator_values (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    indicator_id BIGINT NOT NULL REFERENCES indicators (id),
    period INTEGER NOT NULL CHECK (period > 0),
    value BIGINT CHECK (value >= 0),
    comment TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_by BIGINT NOT NULL REFERENCES accounts (id),
    reported_at BIGINT NOT NULL,
    replaced_at BIGINT,
    CHECK (value IS NOT NULL OR comment <> '')
);
CREATE INDEX indicator_values_indicator ON indicator_values (indicator_id);
CREATE UNIQUE INDEX indicator_values_current ON indicator_values (indicator_id, period) WHERE replaced_at IS NULL;

CREATE TABLE indicator_departments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    value_id BIGINT NOT NULL REFERENCES indicator_values (id),
    department TEXT NOT NULL,
    people BIGINT NOT NULL CHECK (people >= 0),
    UNIQUE (value_id, department)
);

CREATE TABLE followup_reminders (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    period INTEGER NOT NULL,
    step INTEGER NOT NULL,
    sent_at BIGINT NOT NULL,
    UNIQUE (dossier_id, period, step)
);

CREATE TABLE practice_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id BIGINT NOT NULL REFERENCES calls (id),
    dossier_id BIGINT NOT NULL REFERENCES dossiers (id),
    axis TEXT NOT NULL,
    title TEXT NOT NULL,
    situation TEXT NOT NULL,
    practice TEXT NOT NULL,
    lesson TEXT NOT NULL,
    -- Whether its authors let the call quote it in what it has learnt.
    quotable BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES accounts (id),
    written_at BIGINT NOT NULL,
    edited_at BIGINT,
    retained_at BIGINT,
    retained_by BIGINT REFERENCES accounts (id),
    withdrawn_at BIGINT,
    withdrawn_by BIGINT REFERENCES accounts (id),
    withdrawal_reason TEXT NOT NULL
);
CREATE INDEX practice_notes_call ON practice_notes (call_id, id);

CREATE TABLE practice_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    note_id BIGINT NOT NULL REFERENCES practice_notes (id),
    -- Absent: written by an agent of the call.
    dossier_id BIGINT REFERENCES dossiers (id),
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    written_by BIGINT NOT NULL REFERENCES accounts (id),
    written_at BIGINT NOT NULL,
    edited_at BIGINT,
    withdrawn_at BIGINT,
    withdrawn_by BIGINT REFERENCES accounts (id),
    withdrawal_reason TEXT NOT NULL
);
CREATE INDEX practice_replies_note ON practice_replies (note_id, id);
