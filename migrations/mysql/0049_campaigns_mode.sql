ALTER TABLE campaigns
    ADD COLUMN mode VARCHAR(8) COLLATE utf8mb4_bin NOT NULL DEFAULT 'direct',
    ADD CONSTRAINT campaigns_mode CHECK (mode IN ('direct', 'queue'));
