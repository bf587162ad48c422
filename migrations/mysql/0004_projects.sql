-- The newest row of each stage is named by its project, so that reading a production is one seek for each.
CREATE TABLE projects (
    id            BINARY(16) NOT NULL PRIMARY KEY,
    member_id     BINARY(16) NOT NULL,
    business_name VARCHAR(255) NOT NULL,
    region        VARCHAR(255) NOT NULL,
    details       TEXT NOT NULL,
    language      VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    orientation   VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    style         TEXT,
    seed          BIGINT,
    status        VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    goal          VARCHAR(16) COLLATE utf8mb4_bin,
    cancel_at     DATETIME(6),
    created_at    DATETIME(6) NOT NULL,
    changed_at    DATETIME(6) NOT NULL,
    version       BIGINT NOT NULL,
    lyric_id      BINARY(16),
    song_id       BINARY(16),
    video_id      BINARY(16),
    CONSTRAINT projects_language CHECK (language IN ('ko', 'en')),
    CONSTRAINT projects_orientation CHECK (orientation IN ('vertical', 'square', 'horizontal')),
    CONSTRAINT projects_goal CHECK (goal IN ('vertical', 'square', 'horizontal')),
    CONSTRAINT projects_status
        CHECK (status IN ('draft', 'producing', 'finished', 'failed', 'canceled', 'archived')),
    INDEX projects_member (member_id, id, status)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
