-- Until when a job is offered to workers and nobody offers it anew.
ALTER TABLE jobs ADD COLUMN fed_until TEXT;
CREATE INDEX jobs_fed ON jobs (lane, state, fed_until, due, id, member_id);
