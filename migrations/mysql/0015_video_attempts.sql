ALTER TABLE videos ADD INDEX videos_attempt (attempt);
