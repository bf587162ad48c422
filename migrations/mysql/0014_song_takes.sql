-- A callback names an attempt.
ALTER TABLE songs ADD COLUMN spare TEXT COLLATE utf8mb4_bin, ADD INDEX songs_attempt (attempt);
