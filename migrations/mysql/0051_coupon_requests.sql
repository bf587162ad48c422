-- A member has one request at a time that waits: only those name their member in waiting_member. A
-- request refers to its line and not to its campaign, which who serves holds: a foreign key would wait
-- for it.
CREATE TABLE coupon_requests (
    id             BINARY(16) NOT NULL PRIMARY KEY,
    campaign_id    BINARY(16) NOT NULL,
    member_id      BINARY(16) NOT NULL,
    waiting_member BINARY(16),
    place          BIGINT NOT NULL,
    state          VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    coupon_id      BINARY(16),
    reason         VARCHAR(32) COLLATE utf8mb4_bin,
    asked_at       DATETIME(6) NOT NULL,
    decided_at     DATETIME(6),
    CONSTRAINT coupon_requests_place UNIQUE (campaign_id, place),
    CONSTRAINT coupon_requests_waiting UNIQUE (campaign_id, waiting_member),
    CONSTRAINT coupon_requests_state CHECK (state IN ('waiting', 'issued', 'refused')),
    CONSTRAINT coupon_requests_reason CHECK (reason IN ('sold_out', 'already_issued')),
    CONSTRAINT coupon_requests_waits CHECK ((state = 'waiting') = (waiting_member IS NOT NULL)),
    CONSTRAINT coupon_requests_ended CHECK ((state = 'waiting') = (decided_at IS NULL)),
    CONSTRAINT coupon_requests_issued CHECK ((state = 'issued') = (coupon_id IS NOT NULL)),
    CONSTRAINT coupon_requests_refused CHECK ((state = 'refused') = (reason IS NOT NULL)),
    CONSTRAINT coupon_requests_of_line FOREIGN KEY (campaign_id) REFERENCES coupon_lines (campaign_id),
    INDEX coupon_requests_line (campaign_id, state, place),
    INDEX coupon_requests_decided (decided_at, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
