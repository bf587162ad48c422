//! Each is a page or one row, with the job that it waits for.

use crate::{
    production::{production_columns, production_joins},
    row::{
        image_columns, job_columns, lyric_columns, project_columns, song_columns, video_columns,
    },
};

macro_rules! open_making {
    () => {
        "('requested', 'submitting', 'composing', 'rendering', 'collecting', 'unresolved')"
    };
}

/// A production with the job of the stage that is being made.
macro_rules! views {
    ($from:expr) => {
        concat!(
            "SELECT ",
            production_columns!(),
            ", ",
            job_columns!(),
            " FROM ",
            $from,
            production_joins!(),
            " LEFT JOIN jobs j ON j.stage_id = CASE \
             WHEN l.state IN ('requested', 'writing') THEN l.id \
             WHEN s.state IN ",
            open_making!(),
            " THEN s.id \
             WHEN v.state IN ",
            open_making!(),
            " THEN v.id END "
        )
    };
}

/// Rows of a stage with their jobs.
macro_rules! stages {
    ($columns:expr, $t:literal, $open:expr, $from:expr) => {
        concat!(
            "SELECT ",
            $columns,
            ", ",
            $t,
            ".project_id AS of_project, ",
            job_columns!(),
            " FROM ",
            $from,
            " LEFT JOIN jobs j ON j.stage_id = ",
            $t,
            ".id AND ",
            $t,
            ".state IN ",
            $open
        )
    };
}

macro_rules! one_of {
    ($columns:expr, $table:literal, $t:literal, $open:expr) => {
        concat!(
            stages!($columns, $t, $open, concat!($table, " ", $t)),
            " WHERE ",
            $t,
            ".id = ? AND ",
            $t,
            ".member_id = ? ORDER BY j.id"
        )
    };
}

macro_rules! page_of {
    ($columns:expr, $table:literal, $t:literal, $open:expr) => {
        concat!(
            stages!(
                $columns,
                $t,
                $open,
                concat!(
                    "(SELECT r.id FROM ",
                    $table,
                    " r JOIN projects p ON p.id = r.project_id \
                 WHERE r.member_id = ? AND r.id < ? AND p.status <> 'archived' \
                 ORDER BY r.id DESC LIMIT ?) page JOIN ",
                    $table,
                    " ",
                    $t,
                    " ON ",
                    $t,
                    ".id = page.id"
                )
            ),
            " ORDER BY ",
            $t,
            ".id DESC, j.id"
        )
    };
}

/// Where the jobs stand that wait in one lane.
macro_rules! line_of_a_lane {
    () => {
        "SELECT * FROM (SELECT lanes.name AS lane, q.due, q.id, 0 AS ahead, \
           (SELECT COUNT(*) FROM jobs r WHERE r.lane = ? AND r.state = 'running') AS running, \
           lanes.step_ms, lanes.spacing_ms, lanes.rests_until, lanes.paused \
         FROM jobs q JOIN lanes ON lanes.name = q.lane \
         WHERE q.lane = ? AND q.state = 'waiting' AND q.due <= ? \
         ORDER BY q.due, q.id LIMIT ?) line"
    };
}

/// Rows of a stage with their projects, in the order of a page that names them.
macro_rules! counted {
    ($columns:expr, $table:literal, $t:literal, $page:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", ",
            project_columns!(),
            " FROM (",
            $page,
            ") page JOIN ",
            $table,
            " ",
            $t,
            " ON ",
            $t,
            ".id = page.id JOIN projects p ON p.id = ",
            $t,
            ".project_id ORDER BY ",
            $t,
            ".id DESC"
        )
    };
}

texts! {
    PROJECT =
        concat!(views!("projects p"), "WHERE p.id = ? AND p.member_id = ? ORDER BY i.position, j.id");
    OWNED = "SELECT COUNT(*) AS total FROM projects p WHERE p.id = ? AND p.member_id = ?";
    PROJECTS = concat!(
        views!(
            "(SELECT r.id FROM projects r WHERE r.member_id = ? AND r.id < ? \
             AND r.status <> 'archived' ORDER BY r.id DESC LIMIT ?) page \
             JOIN projects p ON p.id = page.id"
        ),
        "ORDER BY p.id DESC, i.position, j.id"
    );
    LYRIC = one_of!(lyric_columns!(), "lyrics", "l", "('requested', 'writing')");
    LYRICS = page_of!(lyric_columns!(), "lyrics", "l", "('requested', 'writing')");
    SONG = one_of!(song_columns!(), "songs", "s", open_making!());
    SONGS = page_of!(song_columns!(), "songs", "s", open_making!());
    VIDEO = one_of!(video_columns!(), "videos", "v", open_making!());
    VIDEOS = page_of!(video_columns!(), "videos", "v", open_making!());
    /// A range of one column and a filter: no engine seeks by a comparison of pairs as well.
    OUTLOOK =
        "SELECT (SELECT COUNT(*) FROM (SELECT q.id FROM jobs q WHERE q.lane = ? \
             AND q.state = 'waiting' AND q.due <= ? AND NOT (q.due = ? AND q.id >= ?) LIMIT ?) line) \
             AS ahead, \
           (SELECT COUNT(*) FROM jobs r WHERE r.lane = lanes.name AND r.state = 'running') AS running, \
           lanes.step_ms, lanes.spacing_ms, lanes.rests_until, lanes.paused \
         FROM lanes WHERE lanes.name = ?";
    /// A part for each lane: nothing is as late as a time that is not known, so one of which none is
    /// asked has no rows.
    LINES = concat!(
        line_of_a_lane!(), " UNION ALL ", line_of_a_lane!(), " UNION ALL ", line_of_a_lane!(),
        " UNION ALL ", line_of_a_lane!()
    );
    COUNTED_SONGS = counted!(
        song_columns!(), "songs", "s",
        "SELECT r.id FROM songs r JOIN projects p ON p.id = r.project_id \
         WHERE r.member_id = ? AND p.status <> 'archived' ORDER BY r.id DESC LIMIT ? OFFSET ?"
    );
    SONG_COUNT =
        "SELECT COUNT(*) AS total FROM songs r JOIN projects p ON p.id = r.project_id \
         WHERE r.member_id = ? AND p.status <> 'archived'";
    COUNTED_VIDEOS = counted!(
        video_columns!(), "videos", "v",
        "SELECT MAX(r.id) AS id FROM videos r JOIN projects p ON p.id = r.project_id \
         WHERE r.member_id = ? AND r.state = 'ready' AND p.status <> 'archived' \
         GROUP BY r.project_id ORDER BY MAX(r.id) DESC LIMIT ? OFFSET ?"
    );
    VIDEO_COUNT =
        "SELECT COUNT(DISTINCT r.project_id) AS total FROM videos r \
         JOIN projects p ON p.id = r.project_id \
         WHERE r.member_id = ? AND r.state = 'ready' AND p.status <> 'archived'";
}
