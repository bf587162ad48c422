-- A webhook is told what stands behind `told` in its member's log, as far as `heard`. It may be taken
-- in hand from `ready_at` on; who has nothing to be told has none.
CREATE TABLE webhooks (
    id               BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id        BLOB NOT NULL CHECK (length(member_id) = 16),
    url              TEXT NOT NULL,
    events           TEXT NOT NULL,
    note             TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('delivering', 'retrying', 'disabled')),
    changed_at       TEXT,
    reason           TEXT,
    attempts         INTEGER NOT NULL,
    told             INTEGER NOT NULL,
    heard            INTEGER NOT NULL,
    due              TEXT NOT NULL,
    lease_until      TEXT,
    secret           BLOB NOT NULL,
    old_secret       BLOB,
    old_secret_until TEXT,
    created_at       TEXT NOT NULL,
    version          INTEGER NOT NULL,
    ready_at         TEXT GENERATED ALWAYS AS (CASE
        WHEN state = 'disabled' OR heard <= told THEN NULL
        WHEN lease_until > due THEN lease_until
        ELSE due END) VIRTUAL,
    CHECK ((state = 'disabled') = (reason IS NOT NULL)),
    CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
);

CREATE INDEX webhooks_member ON webhooks (member_id, id);
CREATE INDEX webhooks_ready ON webhooks (ready_at);

-- What was called, for a week.
CREATE TABLE webhook_deliveries (
    webhook_id  BLOB NOT NULL CHECK (length(webhook_id) = 16),
    id          BLOB NOT NULL CHECK (length(id) = 16),
    seq         INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    at          TEXT NOT NULL,
    status      INTEGER,
    fault       TEXT,
    duration_ms INTEGER NOT NULL,
    CHECK ((status IS NULL) <> (fault IS NULL)),
    PRIMARY KEY (webhook_id, id)
) WITHOUT ROWID;

CREATE INDEX webhook_deliveries_at ON webhook_deliveries (at);

-- Up to where the webhooks of the log's member have heard of it; nothing where the member has none.
-- Whose log grew since is found by an index that holds a member at its front only until it is heard.
ALTER TABLE event_heads ADD COLUMN heard INTEGER;
ALTER TABLE event_heads
    ADD COLUMN unheard INTEGER GENERATED ALWAYS AS (CASE WHEN seq > heard THEN 1 END) VIRTUAL;

CREATE INDEX event_heads_unheard ON event_heads (unheard, member_id);
