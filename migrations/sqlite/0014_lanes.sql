ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT 'house';
UPDATE jobs SET lane = CASE
    WHEN kind = 'write_lyric' THEN 'lyric'
    WHEN kind IN ('submit_song', 'poll_song', 'collect_song') THEN 'song'
    WHEN kind IN ('submit_video', 'poll_video', 'collect_video') THEN 'video'
    WHEN kind IN ('release', 'adopt', 'withdraw') THEN substr(subject, 1, instr(subject, ':') - 1)
    ELSE 'house' END;
DROP INDEX jobs_member;
DROP INDEX jobs_lease;
CREATE INDEX jobs_lane ON jobs (lane, state, due, id, member_id);
CREATE INDEX jobs_member ON jobs (lane, state, member_id, due, id, lease_until);
CREATE INDEX jobs_lease ON jobs (lane, state, lease_until, member_id);
CREATE TABLE lanes (
    name        TEXT NOT NULL PRIMARY KEY,
    rests_until TEXT,
    paused      BOOLEAN NOT NULL,
    reason      TEXT,
    booked      TEXT NOT NULL,
    step_ms     INTEGER NOT NULL,
    spacing_ms  INTEGER NOT NULL
);
INSERT INTO lanes VALUES
    ('lyric', NULL, 0, NULL, '1970-01-01T00:00:00+00:00', 0, 0),
    ('song', NULL, 0, NULL, '1970-01-01T00:00:00+00:00', 0, 0),
    ('video', NULL, 0, NULL, '1970-01-01T00:00:00+00:00', 0, 0),
    ('house', NULL, 0, NULL, '1970-01-01T00:00:00+00:00', 0, 0);
