CREATE TABLE replies (
    member_id   BINARY(16) NOT NULL,
    name        VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    fingerprint BINARY(32) NOT NULL,
    status      BIGINT NOT NULL,
    location    TEXT COLLATE utf8mb4_bin,
    body        LONGTEXT NOT NULL,
    at          DATETIME(6) NOT NULL,
    PRIMARY KEY (member_id, name),
    INDEX replies_at (at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
