-- How often the settings were changed, in one row: who writes it has the settings to itself.
CREATE TABLE settings_head (
    id      TINYINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    CONSTRAINT settings_head_one CHECK (id = 1)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
