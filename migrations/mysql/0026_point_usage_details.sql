-- What a use took of each lot, in the order in which it took it: one row a lot, not a point.
CREATE TABLE point_usage_details (
    usage_id BINARY(16) NOT NULL,
    place    BIGINT NOT NULL,
    lot_id   BINARY(16) NOT NULL,
    amount   BIGINT NOT NULL CHECK (amount > 0),
    canceled BIGINT NOT NULL,
    PRIMARY KEY (usage_id, place),
    CONSTRAINT point_usage_details_canceled CHECK (canceled >= 0 AND canceled <= amount),
    INDEX point_usage_details_lot (lot_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
