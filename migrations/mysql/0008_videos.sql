CREATE TABLE videos (
    id           BINARY(16) NOT NULL PRIMARY KEY,
    project_id   BINARY(16) NOT NULL,
    member_id    BINARY(16) NOT NULL,
    song_id      BINARY(16) NOT NULL,
    orientation  VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    requested_at DATETIME(6) NOT NULL,
    changed_at   DATETIME(6) NOT NULL,
    state        VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    attempt      BINARY(16),
    provider_job TEXT COLLATE utf8mb4_bin,
    failure      JSON,
    file_key     TEXT COLLATE utf8mb4_bin,
    file_bytes   BIGINT,
    file_sha256  BINARY(32),
    duration_ms  BIGINT,
    CONSTRAINT videos_orientation CHECK (orientation IN ('vertical', 'square', 'horizontal')),
    CONSTRAINT videos_state CHECK (state IN (
        'requested', 'submitting', 'rendering', 'collecting', 'ready', 'unresolved', 'failed', 'canceled')),
    CONSTRAINT videos_of_project FOREIGN KEY (project_id) REFERENCES projects (id),
    INDEX videos_member (member_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
