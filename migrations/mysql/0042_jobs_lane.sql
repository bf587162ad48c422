-- Another release may push a job without its lane: it is then taken as one that asks no provider.
ALTER TABLE jobs
    ADD COLUMN lane VARCHAR(8) COLLATE utf8mb4_bin NOT NULL DEFAULT 'house',
    DROP INDEX jobs_member,
    DROP INDEX jobs_lease,
    ADD INDEX jobs_lane (lane, state, due, id, member_id),
    ADD INDEX jobs_member (lane, state, member_id, due, id, lease_until),
    ADD INDEX jobs_lease (lane, state, lease_until, member_id);
