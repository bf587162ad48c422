-- The last number of each member's log; raised in the transaction that appends, so that numbers
-- rise in the order of commits.
CREATE TABLE event_heads (
    member_id BLOB PRIMARY KEY NOT NULL CHECK (length(member_id) = 16),
    seq       INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE events (
    member_id  BLOB NOT NULL CHECK (length(member_id) = 16),
    seq        INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    project_id BLOB,
    at         TEXT NOT NULL,
    data       TEXT NOT NULL,
    PRIMARY KEY (member_id, seq)
) WITHOUT ROWID;

CREATE INDEX events_project ON events (member_id, project_id, seq);

CREATE TABLE replies (
    member_id   BLOB NOT NULL CHECK (length(member_id) = 16),
    name        TEXT NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32),
    status      INTEGER NOT NULL,
    location    TEXT,
    body        TEXT NOT NULL,
    at          TEXT NOT NULL,
    PRIMARY KEY (member_id, name)
);

CREATE INDEX replies_at ON replies (at);
