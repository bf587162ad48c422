-- How often the settings were changed, in one row: who writes it has the settings to itself.
CREATE TABLE settings_head (
    id      INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    version INTEGER NOT NULL
);

INSERT INTO settings_head (id, version) VALUES (1, 0);

-- What was set; a setting without a row is as the program has it at first.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE setting_changes (
    version    INTEGER PRIMARY KEY NOT NULL,
    name       TEXT NOT NULL,
    old_value  INTEGER NOT NULL,
    new_value  INTEGER NOT NULL,
    changed_by BLOB NOT NULL REFERENCES members (id),
    changed_at TEXT NOT NULL
);

CREATE INDEX setting_changes_name ON setting_changes (name, version);

-- What is known of a member beside the name on this machine: who registered has an email and a
-- password, others have neither. Addresses are compared by address_key, in lower case.
CREATE TABLE profiles (
    member_id       BLOB PRIMARY KEY NOT NULL REFERENCES members (id),
    name            TEXT NOT NULL,
    address         TEXT,
    address_key     TEXT,
    password        TEXT,
    language        TEXT NOT NULL,
    notify_finished INTEGER NOT NULL CHECK (notify_finished IN (0, 1)),
    notify_failed   INTEGER NOT NULL CHECK (notify_failed IN (0, 1)),
    notify_expiring INTEGER NOT NULL CHECK (notify_expiring IN (0, 1)),
    changed_at      TEXT NOT NULL,
    version         INTEGER NOT NULL,
    CONSTRAINT profiles_address UNIQUE (address_key),
    CONSTRAINT profiles_log_in CHECK ((address IS NULL) = (address_key IS NULL) AND (address IS NULL) = (password IS NULL))
) WITHOUT ROWID;

ALTER TABLE api_keys ADD COLUMN name TEXT;

CREATE INDEX api_keys_of ON api_keys (member_id, id);
