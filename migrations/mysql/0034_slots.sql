-- The row that decides who has a slot; it is written before the hold's.
CREATE TABLE slots (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    channel_id BINARY(16) NOT NULL,
    air_date   DATE NOT NULL,
    number     BIGINT NOT NULL,
    price      BIGINT NOT NULL,
    state      VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    hold_id    BINARY(16),
    held_until DATETIME(6),
    version    BIGINT NOT NULL,
    CONSTRAINT slots_state CHECK (state IN ('available', 'held', 'reserved')),
    CONSTRAINT slots_hold CHECK ((state = 'available') = (hold_id IS NULL)),
    CONSTRAINT slots_held CHECK ((state = 'held') = (held_until IS NOT NULL)),
    CONSTRAINT slots_of_channel FOREIGN KEY (channel_id) REFERENCES channels (id),
    UNIQUE INDEX slots_place (channel_id, air_date, number),
    INDEX slots_held_until (held_until)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
