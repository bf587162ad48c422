CREATE TABLE songs (
    id           BINARY(16) NOT NULL PRIMARY KEY,
    project_id   BINARY(16) NOT NULL,
    member_id    BINARY(16) NOT NULL,
    lyric_id     BINARY(16) NOT NULL,
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
    line_times   JSON,
    bars         JSON,
    instrumental BOOLEAN,
    CONSTRAINT songs_state CHECK (state IN (
        'requested', 'submitting', 'composing', 'collecting', 'ready', 'unresolved', 'failed', 'canceled')),
    CONSTRAINT songs_of_project FOREIGN KEY (project_id) REFERENCES projects (id),
    INDEX songs_member (member_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
