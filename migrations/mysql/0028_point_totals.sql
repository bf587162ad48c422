-- What a member's entries sum up to, kept in the transactions that write them.
CREATE TABLE point_totals (
    member_id   BINARY(16) NOT NULL PRIMARY KEY,
    available   BIGINT NOT NULL,
    accumulated BIGINT NOT NULL,
    used        BIGINT NOT NULL,
    expired     BIGINT NOT NULL,
    version     BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
