CREATE TABLE lanes (
    name        VARCHAR(8) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY,
    rests_until DATETIME(6),
    paused      BOOLEAN NOT NULL,
    reason      TEXT,
    booked      DATETIME(6) NOT NULL,
    step_ms     BIGINT NOT NULL,
    spacing_ms  BIGINT NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
