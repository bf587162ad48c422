CREATE TABLE events (
    member_id  BINARY(16) NOT NULL,
    seq        BIGINT NOT NULL,
    kind       VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    project_id BINARY(16),
    at         DATETIME(6) NOT NULL,
    data       JSON NOT NULL,
    PRIMARY KEY (member_id, seq),
    INDEX events_project (member_id, project_id, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
