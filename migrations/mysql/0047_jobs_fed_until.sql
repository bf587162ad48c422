-- Until when a job is offered to workers and nobody offers it anew.
ALTER TABLE jobs
    ADD COLUMN fed_until DATETIME(6),
    ADD INDEX jobs_fed (lane, state, fed_until, due, id, member_id);
