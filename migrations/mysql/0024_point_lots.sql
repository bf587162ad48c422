-- A lot lives until its time as long as it has points; one that has none is in no index but its id.
CREATE TABLE point_lots (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    member_id  BINARY(16) NOT NULL,
    kind       VARCHAR(16) COLLATE utf8mb4_bin NOT NULL
        CHECK (kind IN ('charge', 'bonus', 'manual', 'reissue')),
    first_out  BOOLEAN NOT NULL,
    amount     BIGINT NOT NULL CHECK (amount > 0),
    remaining  BIGINT NOT NULL,
    state      VARCHAR(16) COLLATE utf8mb4_bin NOT NULL
        CHECK (state IN ('open', 'canceled', 'expired')),
    expires_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    origin_id  BINARY(16),
    source     VARCHAR(100) COLLATE utf8mb4_bin,
    live_until DATETIME(6),
    CONSTRAINT point_lots_remaining CHECK (remaining >= 0 AND remaining <= amount),
    CONSTRAINT point_lots_state CHECK (state = 'open' OR remaining = 0),
    INDEX point_lots_live (member_id, live_until),
    INDEX point_lots_due (live_until, member_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
