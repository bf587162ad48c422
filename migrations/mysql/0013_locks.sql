-- A row stays when its lock is let go: its token must keep rising.
CREATE TABLE locks (
    name       VARCHAR(255) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
    owner      BINARY(16),
    token      BIGINT NOT NULL,
    held_until DATETIME(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
