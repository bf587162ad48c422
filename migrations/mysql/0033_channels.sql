CREATE TABLE channels (
    id        BINARY(16) NOT NULL PRIMARY KEY,
    name      VARCHAR(255) NOT NULL,
    dates     TEXT COLLATE utf8mb4_bin NOT NULL,
    slots     BIGINT NOT NULL,
    price     BIGINT NOT NULL,
    queue     BOOLEAN NOT NULL,
    opened_at DATETIME(6) NOT NULL,
    CONSTRAINT channels_slots CHECK (slots >= 1),
    CONSTRAINT channels_price CHECK (price >= 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
