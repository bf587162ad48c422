-- What is known of a member beside the name on this machine: who registered has an email and a
-- password, others have neither. Addresses are compared by address_key, in lower case.
CREATE TABLE profiles (
    member_id       BINARY(16) NOT NULL PRIMARY KEY,
    name            VARCHAR(255) COLLATE utf8mb4_bin NOT NULL,
    address         VARCHAR(255) COLLATE utf8mb4_bin,
    address_key     VARCHAR(255) COLLATE utf8mb4_bin,
    password        VARCHAR(255) COLLATE utf8mb4_bin,
    language        VARCHAR(16) COLLATE utf8mb4_bin NOT NULL,
    notify_finished BOOLEAN NOT NULL,
    notify_failed   BOOLEAN NOT NULL,
    notify_expiring BOOLEAN NOT NULL,
    changed_at      DATETIME(6) NOT NULL,
    version         BIGINT NOT NULL,
    CONSTRAINT profiles_address UNIQUE (address_key),
    CONSTRAINT profiles_log_in CHECK ((address IS NULL) = (address_key IS NULL) AND (address IS NULL) = (password IS NULL)),
    CONSTRAINT profiles_member FOREIGN KEY (member_id) REFERENCES members (id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci ROW_FORMAT = DYNAMIC;
