-- When it was noted of a lot that its member is told that it is about to expire.
ALTER TABLE point_lots ADD COLUMN told_at TEXT;
CREATE INDEX point_lots_untold ON point_lots (told_at, live_until, member_id)
    WHERE live_until IS NOT NULL;
