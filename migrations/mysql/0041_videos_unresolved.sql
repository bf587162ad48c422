ALTER TABLE videos ADD INDEX videos_state (state, id);
