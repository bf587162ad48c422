ALTER TABLE songs ADD COLUMN spare TEXT;
ALTER TABLE jobs ADD COLUMN draft TEXT;

-- A callback names an attempt. Few rows have one, and those that have none would spoil the index.
CREATE INDEX songs_attempt ON songs (attempt) WHERE attempt IS NOT NULL;
CREATE INDEX videos_attempt ON videos (attempt) WHERE attempt IS NOT NULL;
