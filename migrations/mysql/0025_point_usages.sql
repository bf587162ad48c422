CREATE TABLE point_usages (
    id           BINARY(16) NOT NULL PRIMARY KEY,
    member_id    BINARY(16) NOT NULL,
    order_number VARCHAR(100) COLLATE utf8mb4_bin NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount > 0),
    canceled     BIGINT NOT NULL,
    at           DATETIME(6) NOT NULL,
    CONSTRAINT point_usages_canceled CHECK (canceled >= 0 AND canceled <= amount),
    CONSTRAINT point_usages_order UNIQUE (member_id, order_number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
