-- The last place that was given before a campaign that gives its coupons in order, and whether there
-- is a job that serves it. Whoever takes a place holds this row, whoever serves holds the campaign's.
CREATE TABLE coupon_lines (
    campaign_id BINARY(16) NOT NULL PRIMARY KEY,
    opens_at    DATETIME(6) NOT NULL,
    last_place  BIGINT NOT NULL,
    called      BOOLEAN NOT NULL,
    CONSTRAINT coupon_lines_of_campaign FOREIGN KEY (campaign_id) REFERENCES campaigns (id),
    INDEX coupon_lines_called (called, campaign_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
