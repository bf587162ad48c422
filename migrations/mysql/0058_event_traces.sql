-- What led to an event, for those who follow traces.
ALTER TABLE events ADD COLUMN trace VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin;
