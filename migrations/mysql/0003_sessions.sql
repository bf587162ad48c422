CREATE TABLE sessions (
    id        BINARY(16) NOT NULL PRIMARY KEY,
    member_id BINARY(16) NOT NULL,
    role      VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    hash      BINARY(32) NOT NULL,
    ends_at   DATETIME(6) NOT NULL,
    CONSTRAINT sessions_hash UNIQUE (hash),
    CONSTRAINT sessions_role CHECK (role IN ('member', 'admin')),
    CONSTRAINT sessions_member FOREIGN KEY (member_id) REFERENCES members (id),
    INDEX sessions_end (ends_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
