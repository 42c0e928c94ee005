CREATE TABLE flagkit_projects (
    key TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

-- AUTOINCREMENT: the number of a deleted environment never comes again.
CREATE TABLE flagkit_environments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project TEXT NOT NULL REFERENCES flagkit_projects (key),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    is_production INTEGER NOT NULL,
    dialect TEXT NOT NULL,
    epoch TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    UNIQUE (project, key)
) STRICT;

-- A part that was deleted stays, without its text, so that clients can be told.
CREATE TABLE flagkit_parts (
    environment INTEGER NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    json TEXT,
    revision INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (environment, kind, key)
) STRICT;
CREATE INDEX flagkit_parts_by_revision ON flagkit_parts (environment, revision);

-- History outlives what it is about, so it refers to nothing.
CREATE TABLE flagkit_audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment INTEGER,
    version INTEGER,
    subject TEXT NOT NULL,
    key TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    action TEXT NOT NULL,
    before_json TEXT,
    after_json TEXT
) STRICT;
CREATE INDEX flagkit_audit_by_environment ON flagkit_audit (environment, id);
CREATE INDEX flagkit_audit_by_key ON flagkit_audit (environment, subject, key, id);

CREATE TABLE flagkit_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    environment INTEGER REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at_ms INTEGER,
    revoked_at_ms INTEGER,
    last_used_at_ms INTEGER
) STRICT;
CREATE INDEX flagkit_keys_by_environment ON flagkit_keys (environment);

CREATE TABLE flagkit_usage_reports (
    environment INTEGER NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    report TEXT NOT NULL,
    received_at_ms INTEGER NOT NULL,
    PRIMARY KEY (environment, report)
) STRICT, WITHOUT ROWID;
CREATE INDEX flagkit_usage_reports_by_age ON flagkit_usage_reports (received_at_ms);

-- How many rows an hour has, so that no one needs to count them.
CREATE TABLE flagkit_usage_hours (
    environment INTEGER NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    hour INTEGER NOT NULL,
    outcomes INTEGER NOT NULL,
    PRIMARY KEY (environment, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE flagkit_usage (
    environment INTEGER NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    hour INTEGER NOT NULL,
    flag TEXT NOT NULL,
    variant TEXT NOT NULL,
    reason TEXT NOT NULL,
    evaluations INTEGER NOT NULL,
    PRIMARY KEY (environment, hour, flag, variant, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX flagkit_usage_by_flag ON flagkit_usage (environment, flag, hour);
CREATE INDEX flagkit_usage_by_age ON flagkit_usage (hour);

CREATE TABLE flagkit_last_seen (
    environment INTEGER NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    flag TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (environment, flag)
) STRICT, WITHOUT ROWID;

CREATE TABLE flagkit_exposures (
    environment INTEGER NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    flag TEXT NOT NULL,
    unit TEXT NOT NULL,
    variant TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (environment, flag, unit, variant)
) STRICT, WITHOUT ROWID;
CREATE INDEX flagkit_exposures_by_age ON flagkit_exposures (environment, at_ms);
CREATE INDEX flagkit_exposures_by_flag ON flagkit_exposures (environment, flag, at_ms);
