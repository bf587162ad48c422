-- What a key is for: words with a space between them, and nothing for everything that its role allows.
ALTER TABLE api_keys ADD COLUMN scopes TEXT;
ALTER TABLE api_keys ADD COLUMN expires_at TEXT;

-- What admins did, in the order of their ids, which begin with the time. Nothing is taken out or
-- changed, and nothing that is named need still be there.
CREATE TABLE admin_actions (
    id         BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    actor      BLOB NOT NULL CHECK (length(actor) = 16),
    by_key     BLOB,
    by_session BLOB,
    request    TEXT,
    action     TEXT NOT NULL,
    target     TEXT NOT NULL,
    details    TEXT NOT NULL,
    at         TEXT NOT NULL,
    CONSTRAINT admin_actions_pass CHECK (by_key IS NULL OR by_session IS NULL)
) WITHOUT ROWID;

CREATE INDEX admin_actions_actor ON admin_actions (actor, id);
CREATE INDEX admin_actions_action ON admin_actions (action, id);
CREATE INDEX admin_actions_actor_action ON admin_actions (actor, action, id);
