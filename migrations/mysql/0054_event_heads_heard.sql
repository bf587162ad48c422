-- Up to where the webhooks of the log's member have heard of it; nothing where the member has none.
-- Whose log grew since is found by an index that holds a member at its front only until it is heard.
ALTER TABLE event_heads
    ADD COLUMN heard BIGINT,
    ADD COLUMN unheard TINYINT GENERATED ALWAYS AS (CASE WHEN seq > heard THEN 1 END) VIRTUAL,
    ADD INDEX event_heads_unheard (unheard, member_id);
