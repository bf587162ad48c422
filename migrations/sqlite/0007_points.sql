-- Who changes a member's points holds the row first: the guard of all that follows.
CREATE TABLE point_accounts (
    member_id BLOB PRIMARY KEY NOT NULL CHECK (length(member_id) = 16),
    version   INTEGER NOT NULL,
    balance   INTEGER NOT NULL CHECK (balance >= 0)
) WITHOUT ROWID;

-- A lot lives until its time as long as it has points; one that has none is in no index but its id.
CREATE TABLE point_lots (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id  BLOB NOT NULL CHECK (length(member_id) = 16),
    kind       TEXT NOT NULL CHECK (kind IN ('charge', 'bonus', 'manual', 'reissue')),
    first_out  INTEGER NOT NULL,
    amount     INTEGER NOT NULL CHECK (amount > 0),
    remaining  INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND amount),
    state      TEXT NOT NULL CHECK (state IN ('open', 'canceled', 'expired')),
    expires_at TEXT NOT NULL,
    created_at TEXT NOT NULL,
    origin_id  BLOB,
    source     TEXT,
    live_until TEXT,
    CHECK (state = 'open' OR remaining = 0)
) WITHOUT ROWID;

CREATE INDEX point_lots_live ON point_lots (member_id, live_until) WHERE live_until IS NOT NULL;
CREATE INDEX point_lots_due ON point_lots (live_until, member_id) WHERE live_until IS NOT NULL;

CREATE TABLE point_usages (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id    BLOB NOT NULL CHECK (length(member_id) = 16),
    order_number TEXT NOT NULL,
    amount       INTEGER NOT NULL CHECK (amount > 0),
    canceled     INTEGER NOT NULL CHECK (canceled BETWEEN 0 AND amount),
    at           TEXT NOT NULL,
    CONSTRAINT point_usages_order UNIQUE (member_id, order_number)
) WITHOUT ROWID;

-- What a use took of each lot, in the order in which it took it: one row a lot, not a point.
CREATE TABLE point_usage_details (
    usage_id BLOB NOT NULL CHECK (length(usage_id) = 16),
    place    INTEGER NOT NULL,
    lot_id   BLOB NOT NULL CHECK (length(lot_id) = 16),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    canceled INTEGER NOT NULL CHECK (canceled BETWEEN 0 AND amount),
    PRIMARY KEY (usage_id, place)
) WITHOUT ROWID;

CREATE INDEX point_usage_details_lot ON point_usage_details (lot_id);

CREATE TABLE point_entries (
    member_id      BLOB NOT NULL CHECK (length(member_id) = 16),
    id             BLOB NOT NULL CHECK (length(id) = 16),
    kind           TEXT NOT NULL,
    amount         INTEGER NOT NULL,
    balance        INTEGER NOT NULL CHECK (balance >= 0),
    lot_id         BLOB,
    usage_id       BLOB,
    order_number   TEXT,
    counterpart_id BLOB,
    at             TEXT NOT NULL,
    PRIMARY KEY (member_id, id)
) WITHOUT ROWID;

CREATE INDEX point_entries_order ON point_entries (member_id, order_number, id);

-- What a member's entries sum up to, kept in the transactions that write them.
CREATE TABLE point_totals (
    member_id   BLOB PRIMARY KEY NOT NULL CHECK (length(member_id) = 16),
    available   INTEGER NOT NULL,
    accumulated INTEGER NOT NULL,
    used        INTEGER NOT NULL,
    expired     INTEGER NOT NULL,
    version     INTEGER NOT NULL
) WITHOUT ROWID;
