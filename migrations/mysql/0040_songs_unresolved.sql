-- An admin looks for what nobody knows of, whosever it is.
ALTER TABLE songs ADD INDEX songs_state (state, id);
