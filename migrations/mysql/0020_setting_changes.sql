CREATE TABLE setting_changes (
    version    BIGINT NOT NULL PRIMARY KEY,
    name       VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    old_value  BIGINT NOT NULL,
    new_value  BIGINT NOT NULL,
    changed_by BINARY(16) NOT NULL,
    changed_at DATETIME(6) NOT NULL,
    CONSTRAINT setting_changes_by FOREIGN KEY (changed_by) REFERENCES members (id),
    INDEX setting_changes_name (name, version)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
