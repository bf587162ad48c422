-- A webhook is told what stands behind `told` in its member's log, as far as `heard`. It may be taken
-- in hand from `ready_at` on; who has nothing to be told has none.
CREATE TABLE webhooks (
    id               BINARY(16) NOT NULL PRIMARY KEY,
    member_id        BINARY(16) NOT NULL,
    url              TEXT COLLATE utf8mb4_bin NOT NULL,
    events           TEXT COLLATE utf8mb4_bin NOT NULL,
    note             TEXT NOT NULL,
    state            VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    changed_at       DATETIME(6),
    reason           VARCHAR(16) COLLATE utf8mb4_bin,
    attempts         BIGINT NOT NULL,
    told             BIGINT NOT NULL,
    heard            BIGINT NOT NULL,
    due              DATETIME(6) NOT NULL,
    lease_until      DATETIME(6),
    secret           VARBINARY(64) NOT NULL,
    old_secret       VARBINARY(64),
    old_secret_until DATETIME(6),
    created_at       DATETIME(6) NOT NULL,
    version          BIGINT NOT NULL,
    ready_at         DATETIME(6) GENERATED ALWAYS AS (CASE
        WHEN state = 'disabled' OR heard <= told THEN NULL
        WHEN lease_until > due THEN lease_until
        ELSE due END) VIRTUAL,
    CONSTRAINT webhooks_state CHECK (state IN ('delivering', 'retrying', 'disabled')),
    CONSTRAINT webhooks_disabled CHECK ((state = 'disabled') = (reason IS NOT NULL)),
    CONSTRAINT webhooks_old_secret CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
    INDEX webhooks_member (member_id, id),
    INDEX webhooks_ready (ready_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
