ALTER TABLE songs ADD COLUMN spare TEXT;
ALTER TABLE jobs ADD COLUMN draft TEXT;

-- A callback names an attempt.
CREATE INDEX songs_attempt ON songs (attempt);
CREATE INDEX videos_attempt ON videos (attempt);
