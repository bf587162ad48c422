-- The last number that a channel gave, raised in the transaction that gives it, and the window in
-- which its owner is let in.
CREATE TABLE booking_queues (
    channel_id BINARY(16) NOT NULL PRIMARY KEY,
    issued     BIGINT NOT NULL,
    window_at  DATETIME(6) NOT NULL,
    admitted   BIGINT NOT NULL,
    CONSTRAINT booking_queues_of_channel FOREIGN KEY (channel_id) REFERENCES channels (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
