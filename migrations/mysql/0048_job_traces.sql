-- What led to a job, for those who follow traces.
ALTER TABLE jobs ADD COLUMN trace VARCHAR(55) CHARACTER SET ascii COLLATE ascii_bin;
