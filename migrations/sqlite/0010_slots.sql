CREATE TABLE channels (
    id        BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    name      TEXT NOT NULL,
    dates     TEXT NOT NULL,
    slots     INTEGER NOT NULL CHECK (slots >= 1),
    price     INTEGER NOT NULL CHECK (price >= 1),
    queue     BOOLEAN NOT NULL,
    opened_at TEXT NOT NULL
) WITHOUT ROWID;

-- The row that decides who has a slot; it is written before the hold's.
CREATE TABLE slots (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    channel_id BLOB NOT NULL REFERENCES channels (id),
    air_date   TEXT NOT NULL,
    number     INTEGER NOT NULL,
    price      INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('available', 'held', 'reserved')),
    hold_id    BLOB,
    held_until TEXT,
    version    INTEGER NOT NULL,
    CONSTRAINT slots_place UNIQUE (channel_id, air_date, number),
    CHECK ((state = 'available') = (hold_id IS NULL)),
    CHECK ((state = 'held') = (held_until IS NOT NULL))
) WITHOUT ROWID;

CREATE INDEX slots_held_until ON slots (held_until) WHERE held_until IS NOT NULL;

-- `active_slot` is the slot as long as the hold keeps it: one hold at a time does.
CREATE TABLE holds (
    id          BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    slot_id     BLOB NOT NULL REFERENCES slots (id),
    active_slot BLOB,
    member_id   BLOB NOT NULL,
    price       INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('held', 'reserved', 'expired', 'released', 'canceled')),
    video_id    BLOB,
    held_at     TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    changed_at  TEXT,
    CHECK ((state IN ('held', 'reserved')) = (active_slot IS NOT NULL))
);

-- Few holds keep a slot, and those that keep none would spoil the index.
CREATE UNIQUE INDEX holds_active_slot ON holds (active_slot) WHERE active_slot IS NOT NULL;
CREATE INDEX holds_slot ON holds (slot_id);
CREATE INDEX holds_member ON holds (member_id, id);
CREATE INDEX holds_held ON holds (member_id, state, expires_at);

-- The last number that a channel gave, raised in the transaction that gives it, and the window in
-- which its owner is let in.
CREATE TABLE booking_queues (
    channel_id BLOB PRIMARY KEY NOT NULL REFERENCES channels (id),
    issued     INTEGER NOT NULL,
    window_at  TEXT NOT NULL,
    admitted   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE queue_tickets (
    token      BLOB PRIMARY KEY NOT NULL CHECK (length(token) = 16),
    channel_id BLOB NOT NULL,
    member_id  BLOB NOT NULL,
    number     INTEGER NOT NULL,
    issued_at  TEXT NOT NULL,
    active_at  TEXT NOT NULL,
    used_at    TEXT,
    CONSTRAINT queue_tickets_number UNIQUE (channel_id, number)
);

CREATE INDEX queue_tickets_member ON queue_tickets (channel_id, member_id, number);
