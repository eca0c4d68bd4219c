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
