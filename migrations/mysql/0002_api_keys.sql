CREATE TABLE api_keys (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    member_id  BINARY(16) NOT NULL,
    role       VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    hash       BINARY(32) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    CONSTRAINT api_keys_hash UNIQUE (hash),
    CONSTRAINT api_keys_role CHECK (role IN ('member', 'admin')),
    CONSTRAINT api_keys_member FOREIGN KEY (member_id) REFERENCES members (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
