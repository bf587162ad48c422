-- A job that is done is deleted.
CREATE TABLE jobs (
    id          BINARY(16) NOT NULL PRIMARY KEY,
    kind        VARCHAR(32) COLLATE utf8mb4_bin NOT NULL,
    subject     TEXT COLLATE utf8mb4_bin NOT NULL,
    stage_id    BINARY(16),
    member_id   BINARY(16) NOT NULL,
    project_id  BINARY(16) NOT NULL,
    state       VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    due         DATETIME(6) NOT NULL,
    lease_until DATETIME(6),
    fence       BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    progress    FLOAT NOT NULL,
    reason      TEXT,
    CONSTRAINT jobs_state CHECK (state IN ('waiting', 'running', 'dead')),
    CONSTRAINT jobs_leased CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CONSTRAINT jobs_reason CHECK ((state = 'dead') = (reason IS NOT NULL)),
    INDEX jobs_line (state, due, id, member_id),
    INDEX jobs_member (state, member_id, due, id, lease_until),
    INDEX jobs_lease (state, lease_until, member_id),
    INDEX jobs_stage (stage_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
