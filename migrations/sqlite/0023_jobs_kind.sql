-- Jobs are counted by their kind without a look at any of them.
CREATE INDEX jobs_kind ON jobs (lane, state, kind);
