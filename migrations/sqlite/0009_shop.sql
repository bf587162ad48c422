CREATE TABLE packs (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    name       TEXT NOT NULL,
    points     INTEGER NOT NULL,
    price      INTEGER NOT NULL,
    stock      INTEGER CHECK (stock >= 0),
    hot        BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    version    INTEGER NOT NULL
);

-- due_at is when somebody should look after an order if nobody does by then.
CREATE TABLE orders (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id  BLOB NOT NULL CHECK (length(member_id) = 16),
    pack_id    BLOB NOT NULL CHECK (length(pack_id) = 16),
    quantity   INTEGER NOT NULL,
    points     INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    discount   INTEGER NOT NULL CHECK (discount BETWEEN 0 AND total),
    coupon_id  BLOB,
    reserved   INTEGER NOT NULL,
    state      TEXT NOT NULL
        CHECK (state IN ('pending', 'paying', 'paid', 'closing', 'expired', 'canceled')),
    changed_at TEXT,
    payment    TEXT,
    lot_id     BLOB,
    ending     TEXT CHECK (ending IN ('expired', 'canceled')),
    attempted  BOOLEAN NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    due_at     TEXT,
    version    INTEGER NOT NULL,
    CHECK ((state = 'paid') = (payment IS NOT NULL AND lot_id IS NOT NULL))
);

CREATE INDEX orders_member ON orders (member_id, id);
CREATE INDEX orders_due ON orders (state, due_at, id);
