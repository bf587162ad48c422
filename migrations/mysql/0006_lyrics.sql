CREATE TABLE lyrics (
    id           BINARY(16) NOT NULL PRIMARY KEY,
    project_id   BINARY(16) NOT NULL,
    member_id    BINARY(16) NOT NULL,
    requested_at DATETIME(6) NOT NULL,
    changed_at   DATETIME(6) NOT NULL,
    state        VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    tries        BIGINT,
    title        VARCHAR(255),
    sections     JSON,
    edited       BOOLEAN,
    failure      JSON,
    CONSTRAINT lyrics_state CHECK (state IN ('requested', 'writing', 'ready', 'failed', 'canceled')),
    CONSTRAINT lyrics_of_project FOREIGN KEY (project_id) REFERENCES projects (id),
    INDEX lyrics_member (member_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
