-- An admin looks for what nobody knows of, whosever it is; as a rule there is nothing of it.
CREATE INDEX songs_unresolved ON songs (id) WHERE state = 'unresolved';
CREATE INDEX videos_unresolved ON videos (id) WHERE state = 'unresolved';
