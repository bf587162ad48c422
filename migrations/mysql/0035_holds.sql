-- `active_slot` is the slot as long as the hold keeps it: one hold at a time does.
CREATE TABLE holds (
    id          BINARY(16) NOT NULL PRIMARY KEY,
    slot_id     BINARY(16) NOT NULL,
    active_slot BINARY(16),
    member_id   BINARY(16) NOT NULL,
    price       BIGINT NOT NULL,
    state       VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    video_id    BINARY(16),
    held_at     DATETIME(6) NOT NULL,
    expires_at  DATETIME(6) NOT NULL,
    changed_at  DATETIME(6),
    CONSTRAINT holds_state CHECK (state IN ('held', 'reserved', 'expired', 'released', 'canceled')),
    CONSTRAINT holds_active CHECK ((state IN ('held', 'reserved')) = (active_slot IS NOT NULL)),
    CONSTRAINT holds_of_slot FOREIGN KEY (slot_id) REFERENCES slots (id),
    UNIQUE INDEX holds_active_slot (active_slot),
    INDEX holds_slot (slot_id),
    INDEX holds_member (member_id, id),
    INDEX holds_held (member_id, state, expires_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
