-- What led to an event, for those who follow traces.
ALTER TABLE events ADD COLUMN trace TEXT;
