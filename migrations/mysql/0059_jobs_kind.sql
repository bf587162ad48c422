-- Jobs are counted by their kind without a look at any of them.
ALTER TABLE jobs ADD INDEX jobs_kind (lane, state, kind);
