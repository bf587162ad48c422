CREATE TABLE images (
    id          BINARY(16) NOT NULL PRIMARY KEY,
    project_id  BINARY(16) NOT NULL,
    position    BIGINT NOT NULL,
    file_key    TEXT COLLATE utf8mb4_bin NOT NULL,
    file_bytes  BIGINT NOT NULL,
    file_sha256 BINARY(32) NOT NULL,
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL,
    added_at    DATETIME(6) NOT NULL,
    state       VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    CONSTRAINT images_position CHECK (position >= 0),
    CONSTRAINT images_state CHECK (state IN ('kept', 'removed')),
    CONSTRAINT images_of_project FOREIGN KEY (project_id) REFERENCES projects (id),
    INDEX images_project (project_id, state, position)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
