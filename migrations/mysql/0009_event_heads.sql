-- The last number of each member's log; raised in the transaction that appends, so that numbers
-- rise in the order of commits.
CREATE TABLE event_heads (
    member_id BINARY(16) NOT NULL PRIMARY KEY,
    seq       BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
