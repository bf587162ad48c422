INSERT IGNORE INTO lanes VALUES
    ('lyric', NULL, FALSE, NULL, '1970-01-01', 0, 0),
    ('song', NULL, FALSE, NULL, '1970-01-01', 0, 0),
    ('video', NULL, FALSE, NULL, '1970-01-01', 0, 0),
    ('house', NULL, FALSE, NULL, '1970-01-01', 0, 0);
