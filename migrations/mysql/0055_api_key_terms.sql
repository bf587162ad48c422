-- What a key is for: words with a space between them, and nothing for everything that its role allows.
ALTER TABLE api_keys
    ADD COLUMN scopes VARCHAR(255) COLLATE utf8mb4_bin,
    ADD COLUMN expires_at DATETIME(6);
