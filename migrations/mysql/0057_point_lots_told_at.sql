-- When it was noted of a lot that its member is told that it is about to expire.
ALTER TABLE point_lots
    ADD COLUMN told_at DATETIME(6),
    ADD INDEX point_lots_untold (told_at, live_until, member_id);
