CREATE TABLE members (
    id        BINARY(16) NOT NULL PRIMARY KEY,
    name      VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    joined_at DATETIME(6) NOT NULL,
    CONSTRAINT members_name UNIQUE (name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
