CREATE TABLE point_entries (
    member_id      BINARY(16) NOT NULL,
    id             BINARY(16) NOT NULL,
    kind           VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    amount         BIGINT NOT NULL,
    balance        BIGINT NOT NULL CHECK (balance >= 0),
    lot_id         BINARY(16),
    usage_id       BINARY(16),
    order_number   VARCHAR(100) COLLATE utf8mb4_bin,
    counterpart_id BINARY(16),
    at             DATETIME(6) NOT NULL,
    PRIMARY KEY (member_id, id),
    INDEX point_entries_order (member_id, order_number, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
