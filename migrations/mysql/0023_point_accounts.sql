-- Who changes a member's points locks the row first: the guard of all that follows.
CREATE TABLE point_accounts (
    member_id BINARY(16) NOT NULL PRIMARY KEY,
    version   BIGINT NOT NULL,
    balance   BIGINT NOT NULL CHECK (balance >= 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
