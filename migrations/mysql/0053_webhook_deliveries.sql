-- What was called, for a week.
CREATE TABLE webhook_deliveries (
    webhook_id  BINARY(16) NOT NULL,
    id          BINARY(16) NOT NULL,
    seq         BIGINT NOT NULL,
    attempt     BIGINT NOT NULL,
    at          DATETIME(6) NOT NULL,
    status      BIGINT,
    fault       VARCHAR(32) COLLATE utf8mb4_bin,
    duration_ms BIGINT NOT NULL,
    CONSTRAINT webhook_deliveries_outcome CHECK ((status IS NULL) <> (fault IS NULL)),
    PRIMARY KEY (webhook_id, id),
    INDEX webhook_deliveries_at (at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
