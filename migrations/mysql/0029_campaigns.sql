-- Those that have coupons left are found by sold_out.
CREATE TABLE campaigns (
    id            BINARY(16) NOT NULL PRIMARY KEY,
    name          VARCHAR(255) NOT NULL,
    total         BIGINT NOT NULL,
    opens_at      DATETIME(6) NOT NULL,
    off_kind      VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    off_amount    BIGINT NOT NULL,
    minimum_order BIGINT NOT NULL,
    valid_days    BIGINT NOT NULL,
    issued        BIGINT NOT NULL,
    last_number   BIGINT NOT NULL,
    sold_out      BOOLEAN NOT NULL,
    created_at    DATETIME(6) NOT NULL,
    version       BIGINT NOT NULL,
    CONSTRAINT campaigns_off CHECK (off_kind IN ('percent', 'fixed')),
    CONSTRAINT campaigns_issued CHECK (issued BETWEEN 0 AND total),
    INDEX campaigns_open (sold_out, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
