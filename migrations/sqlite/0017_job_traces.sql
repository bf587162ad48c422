-- What led to a job, for those who follow traces.
ALTER TABLE jobs ADD COLUMN trace TEXT;
