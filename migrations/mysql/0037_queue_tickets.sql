CREATE TABLE queue_tickets (
    token      BINARY(16) NOT NULL PRIMARY KEY,
    channel_id BINARY(16) NOT NULL,
    member_id  BINARY(16) NOT NULL,
    number     BIGINT NOT NULL,
    issued_at  DATETIME(6) NOT NULL,
    active_at  DATETIME(6) NOT NULL,
    used_at    DATETIME(6),
    UNIQUE INDEX queue_tickets_number (channel_id, number),
    INDEX queue_tickets_member (channel_id, member_id, number)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
