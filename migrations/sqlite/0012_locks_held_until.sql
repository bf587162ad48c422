CREATE INDEX locks_held_until ON locks (held_until);
