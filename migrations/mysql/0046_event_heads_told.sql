-- Up to where the log has gone out; who has more is found by an index that holds a member at its
-- front only as long as there is something.
ALTER TABLE event_heads
    ADD COLUMN told BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN untold TINYINT GENERATED ALWAYS AS (CASE WHEN seq > told THEN 1 END) VIRTUAL,
    ADD INDEX event_heads_untold (untold, member_id);
