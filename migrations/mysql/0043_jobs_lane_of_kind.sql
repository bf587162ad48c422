UPDATE jobs SET lane = CASE
    WHEN kind = 'write_lyric' THEN 'lyric'
    WHEN kind IN ('submit_song', 'poll_song', 'collect_song') THEN 'song'
    WHEN kind IN ('submit_video', 'poll_video', 'collect_video') THEN 'video'
    WHEN kind IN ('release', 'adopt', 'withdraw') THEN SUBSTRING_INDEX(subject, ':', 1)
    ELSE 'house' END;
