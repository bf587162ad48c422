-- A job that is done is deleted.
CREATE TABLE jobs (
    id          BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    stage_id    BLOB,
    member_id   BLOB NOT NULL,
    project_id  BLOB NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
    due         TEXT NOT NULL,
    lease_until TEXT,
    fence       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    progress    REAL NOT NULL,
    reason      TEXT,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state = 'dead') = (reason IS NOT NULL))
);

CREATE INDEX jobs_line ON jobs (state, due, id, member_id);
CREATE INDEX jobs_member ON jobs (state, member_id, due, id, lease_until);
CREATE INDEX jobs_lease ON jobs (state, lease_until, member_id);
CREATE INDEX jobs_stage ON jobs (stage_id, id);

-- A row stays when its lock is let go: its token must keep rising.
CREATE TABLE locks (
    name       TEXT PRIMARY KEY NOT NULL,
    owner      BLOB,
    token      INTEGER NOT NULL,
    held_until TEXT NOT NULL
) WITHOUT ROWID;
