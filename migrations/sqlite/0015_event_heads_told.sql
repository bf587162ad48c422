-- Up to where the log has gone out; who has more is found by an index that holds a member at its
-- front only as long as there is something.
ALTER TABLE event_heads ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event_heads
    ADD COLUMN untold INTEGER GENERATED ALWAYS AS (CASE WHEN seq > told THEN 1 END) VIRTUAL;

CREATE INDEX event_heads_untold ON event_heads (untold, member_id);
