-- Those that have coupons left are found by sold_out.
CREATE TABLE campaigns (
    id            BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    name          TEXT NOT NULL,
    total         INTEGER NOT NULL,
    opens_at      TEXT NOT NULL,
    off_kind      TEXT NOT NULL CHECK (off_kind IN ('percent', 'fixed')),
    off_amount    INTEGER NOT NULL,
    minimum_order INTEGER NOT NULL,
    valid_days    INTEGER NOT NULL,
    issued        INTEGER NOT NULL CHECK (issued BETWEEN 0 AND total),
    last_number   INTEGER NOT NULL,
    sold_out      BOOLEAN NOT NULL,
    created_at    TEXT NOT NULL,
    version       INTEGER NOT NULL
);

CREATE INDEX campaigns_open ON campaigns (sold_out, id);

-- A coupon repeats the terms of its campaign, so that using one touches no other row.
CREATE TABLE coupons (
    id            BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    campaign_id   BLOB NOT NULL REFERENCES campaigns (id),
    member_id     BLOB NOT NULL CHECK (length(member_id) = 16),
    number        INTEGER NOT NULL,
    off_kind      TEXT NOT NULL CHECK (off_kind IN ('percent', 'fixed')),
    off_amount    INTEGER NOT NULL,
    minimum_order INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('issued', 'used', 'revoked', 'expired')),
    order_id      BLOB,
    changed_at    TEXT,
    issued_at     TEXT NOT NULL,
    expires_at    TEXT NOT NULL,
    version       INTEGER NOT NULL,
    CONSTRAINT coupons_number UNIQUE (campaign_id, number),
    CONSTRAINT coupons_of_member UNIQUE (campaign_id, member_id),
    CHECK ((state = 'used') = (order_id IS NOT NULL)),
    CHECK ((state = 'issued') = (changed_at IS NULL))
);

CREATE INDEX coupons_member ON coupons (member_id, id);
CREATE INDEX coupons_due ON coupons (state, expires_at, id);
