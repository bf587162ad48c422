ALTER TABLE api_keys
    ADD COLUMN name VARCHAR(255) COLLATE utf8mb4_bin,
    ADD INDEX api_keys_of (member_id, id);
