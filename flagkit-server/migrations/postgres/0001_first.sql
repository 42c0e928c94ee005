CREATE TABLE flagkit_projects (
    key TEXT COLLATE "C" PRIMARY KEY NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL
);

-- An identity: the number of a deleted environment never comes again.
CREATE TABLE flagkit_environments (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    project TEXT COLLATE "C" NOT NULL REFERENCES flagkit_projects (key),
    key TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    is_production BIGINT NOT NULL,
    dialect TEXT COLLATE "C" NOT NULL,
    epoch TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    UNIQUE (project, key)
);

-- A part that was deleted stays, without its text, so that clients can be told.
CREATE TABLE flagkit_parts (
    environment BIGINT NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    json TEXT COLLATE "C",
    revision BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (environment, kind, key)
);
CREATE INDEX flagkit_parts_by_revision ON flagkit_parts (environment, revision);

-- History outlives what it is about, so it refers to nothing.
CREATE TABLE flagkit_audit (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    environment BIGINT,
    version BIGINT,
    subject TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    before_json TEXT COLLATE "C",
    after_json TEXT COLLATE "C"
);
CREATE INDEX flagkit_audit_by_environment ON flagkit_audit (environment, id);
CREATE INDEX flagkit_audit_by_key ON flagkit_audit (environment, subject, key, id);

CREATE TABLE flagkit_keys (
    id BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    environment BIGINT REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    scope TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    prefix TEXT COLLATE "C" NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    expires_at_ms BIGINT,
    revoked_at_ms BIGINT,
    last_used_at_ms BIGINT
);
CREATE INDEX flagkit_keys_by_environment ON flagkit_keys (environment);

CREATE TABLE flagkit_usage_reports (
    environment BIGINT NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    report TEXT COLLATE "C" NOT NULL,
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (environment, report)
);
CREATE INDEX flagkit_usage_reports_by_age ON flagkit_usage_reports (received_at_ms);

-- How many rows an hour has, so that no one needs to count them.
CREATE TABLE flagkit_usage_hours (
    environment BIGINT NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,
    outcomes BIGINT NOT NULL,
    PRIMARY KEY (environment, hour)
);

CREATE TABLE flagkit_usage (
    environment BIGINT NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,
    flag TEXT COLLATE "C" NOT NULL,
    variant TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    evaluations BIGINT NOT NULL,
    PRIMARY KEY (environment, hour, flag, variant, reason)
);
CREATE INDEX flagkit_usage_by_flag ON flagkit_usage (environment, flag, hour);
CREATE INDEX flagkit_usage_by_age ON flagkit_usage (hour);

CREATE TABLE flagkit_last_seen (
    environment BIGINT NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    flag TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (environment, flag)
);

CREATE TABLE flagkit_exposures (
    environment BIGINT NOT NULL REFERENCES flagkit_environments (id) ON DELETE CASCADE,
    flag TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    variant TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (environment, flag, unit, variant)
);
CREATE INDEX flagkit_exposures_by_age ON flagkit_exposures (environment, at_ms);
CREATE INDEX flagkit_exposures_by_flag ON flagkit_exposures (environment, flag, at_ms);
