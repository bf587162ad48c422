-- What admins did, in the order of their ids, which begin with the time. Nothing is taken out or
-- changed, and nothing that is named need still be there.
CREATE TABLE admin_actions (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    actor      BINARY(16) NOT NULL,
    by_key     BINARY(16),
    by_session BINARY(16),
    request    VARCHAR(100) COLLATE utf8mb4_bin,
    action     VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
    target     VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    details    JSON NOT NULL,
    at         DATETIME(6) NOT NULL,
    CONSTRAINT admin_actions_pass CHECK (by_key IS NULL OR by_session IS NULL),
    INDEX admin_actions_actor (actor, id),
    INDEX admin_actions_action (action, id),
    INDEX admin_actions_actor_action (actor, action, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
