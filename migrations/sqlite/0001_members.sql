CREATE TABLE members (
    id        BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    name      TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    CONSTRAINT members_name UNIQUE (name)
) WITHOUT ROWID;

CREATE TABLE api_keys (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id  BLOB NOT NULL REFERENCES members (id),
    role       TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    hash       BLOB NOT NULL CHECK (length(hash) = 32),
    created_at TEXT NOT NULL,
    CONSTRAINT api_keys_hash UNIQUE (hash)
) WITHOUT ROWID;

CREATE TABLE sessions (
    id        BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id BLOB NOT NULL REFERENCES members (id),
    role      TEXT NOT NULL CHECK (role IN ('member', 'admin')),
    hash      BLOB NOT NULL CHECK (length(hash) = 32),
    ends_at   TEXT NOT NULL,
    CONSTRAINT sessions_hash UNIQUE (hash)
) WITHOUT ROWID;

CREATE INDEX sessions_end ON sessions (ends_at);
