ALTER TABLE campaigns ADD COLUMN mode TEXT NOT NULL DEFAULT 'direct' CHECK (mode IN ('direct', 'queue'));

-- The last place that was given before a campaign that gives its coupons in order, and whether there
-- is a job that serves it. Whoever takes a place holds this row, whoever serves holds the campaign's.
CREATE TABLE coupon_lines (
    campaign_id BLOB PRIMARY KEY NOT NULL REFERENCES campaigns (id),
    opens_at    TEXT NOT NULL,
    last_place  INTEGER NOT NULL,
    called      BOOLEAN NOT NULL
) WITHOUT ROWID;

CREATE INDEX coupon_lines_called ON coupon_lines (called, campaign_id);

-- A member has one request at a time that waits: only those name their member in waiting_member.
CREATE TABLE coupon_requests (
    id             BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    campaign_id    BLOB NOT NULL REFERENCES coupon_lines (campaign_id),
    member_id      BLOB NOT NULL CHECK (length(member_id) = 16),
    waiting_member BLOB,
    place          INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'issued', 'refused')),
    coupon_id      BLOB,
    reason         TEXT CHECK (reason IN ('sold_out', 'already_issued')),
    asked_at       TEXT NOT NULL,
    decided_at     TEXT,
    CONSTRAINT coupon_requests_place UNIQUE (campaign_id, place),
    CONSTRAINT coupon_requests_waiting UNIQUE (campaign_id, waiting_member),
    CHECK ((state = 'waiting') = (waiting_member IS NOT NULL)),
    CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CHECK ((state = 'issued') = (coupon_id IS NOT NULL)),
    CHECK ((state = 'refused') = (reason IS NOT NULL))
);

CREATE INDEX coupon_requests_line ON coupon_requests (campaign_id, state, place);
CREATE INDEX coupon_requests_decided ON coupon_requests (decided_at, id);
