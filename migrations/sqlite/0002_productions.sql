-- The newest row of each stage is named by its project, so that reading a production is one seek for each.
CREATE TABLE projects (
    id            BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    member_id     BLOB NOT NULL,
    business_name TEXT NOT NULL,
    region        TEXT NOT NULL,
    details       TEXT NOT NULL,
    language      TEXT NOT NULL CHECK (language IN ('ko', 'en')),
    orientation   TEXT NOT NULL CHECK (orientation IN ('vertical', 'square', 'horizontal')),
    style         TEXT,
    seed          INTEGER,
    status        TEXT NOT NULL
        CHECK (status IN ('draft', 'producing', 'finished', 'failed', 'canceled', 'archived')),
    goal          TEXT CHECK (goal IN ('vertical', 'square', 'horizontal')),
    cancel_at     TEXT,
    created_at    TEXT NOT NULL,
    changed_at    TEXT NOT NULL,
    version       INTEGER NOT NULL,
    lyric_id      BLOB,
    song_id       BLOB,
    video_id      BLOB
);

CREATE INDEX projects_member ON projects (member_id, id, status);

CREATE TABLE images (
    id          BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    project_id  BLOB NOT NULL REFERENCES projects (id),
    position    INTEGER NOT NULL CHECK (position >= 0),
    file_key    TEXT NOT NULL,
    file_bytes  INTEGER NOT NULL,
    file_sha256 BLOB NOT NULL CHECK (length(file_sha256) = 32),
    width       INTEGER NOT NULL,
    height      INTEGER NOT NULL,
    added_at    TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('kept', 'removed'))
);

CREATE INDEX images_project ON images (project_id, state, position);

CREATE TABLE lyrics (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    project_id   BLOB NOT NULL REFERENCES projects (id),
    member_id    BLOB NOT NULL,
    requested_at TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('requested', 'writing', 'ready', 'failed', 'canceled')),
    tries        INTEGER,
    title        TEXT,
    sections     TEXT,
    edited       BOOLEAN,
    failure      TEXT
);

CREATE INDEX lyrics_member ON lyrics (member_id, id);

CREATE TABLE songs (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    project_id   BLOB NOT NULL REFERENCES projects (id),
    member_id    BLOB NOT NULL,
    lyric_id     BLOB NOT NULL,
    requested_at TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN (
        'requested', 'submitting', 'composing', 'collecting', 'ready', 'unresolved', 'failed', 'canceled')),
    attempt      BLOB,
    provider_job TEXT,
    failure      TEXT,
    file_key     TEXT,
    file_bytes   INTEGER,
    file_sha256  BLOB CHECK (length(file_sha256) = 32),
    duration_ms  INTEGER,
    line_times   TEXT,
    bars         TEXT,
    instrumental BOOLEAN
);

CREATE INDEX songs_member ON songs (member_id, id);

CREATE TABLE videos (
    id           BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    project_id   BLOB NOT NULL REFERENCES projects (id),
    member_id    BLOB NOT NULL,
    song_id      BLOB NOT NULL,
    orientation  TEXT NOT NULL CHECK (orientation IN ('vertical', 'square', 'horizontal')),
    requested_at TEXT NOT NULL,
    changed_at   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN (
        'requested', 'submitting', 'rendering', 'collecting', 'ready', 'unresolved', 'failed', 'canceled')),
    attempt      BLOB,
    provider_job TEXT,
    failure      TEXT,
    file_key     TEXT,
    file_bytes   INTEGER,
    file_sha256  BLOB CHECK (length(file_sha256) = 32),
    duration_ms  INTEGER
);

CREATE INDEX videos_member ON videos (member_id, id);
