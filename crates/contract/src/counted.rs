//! Lists of a [`Catalog`](castad_domain::port::Catalog) that are turned over by number, with their totals.

use castad_domain::{
    model::Production,
    port::{MAX_PAGE, NumberedPage},
};

use crate::{
    Database,
    catalog::all,
    make::{self, Step},
};

/// `counted_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! counted_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { counted {
            songs_come_with_their_projects_and_their_number
            pages_follow_each_other_and_end
            of_each_project_the_newest_finished_video_counts
            lists_hold_nothing_of_somebody_else_and_nothing_archived
            a_page_has_at_most_so_many_rows
        } $($fresh)+ }
    };
}

fn page(number: u32, size: u32) -> NumberedPage {
    NumberedPage { number, size }
}

/// Songs are told in whatever state they are, newest first, each with its project as it is now.
pub async fn songs_come_with_their_projects_and_their_number(db: &Database) {
    let member = db.member(1).await;
    let older = db.production(1, member, &all()).await;
    let open = [&make::LYRIC[..], &[make::request_song]].concat();
    let newer = db.production(2, member, &open).await;
    db.production(3, member, &make::LYRIC).await;

    let found = db.catalog.counted_songs(member, page(1, 10)).await.expect("the catalog answers");
    let mut expected = [&older, &newer].map(|p| (p.song().expect("there is one"), p.project()));
    expected.sort_by_key(|(song, _)| std::cmp::Reverse(song.id));
    let told: Vec<_> = found.rows.iter().map(|found| (&found.row, &found.project)).collect();
    assert_eq!(told, expected);
    assert_eq!(found.total, 2);
}

/// A page begins where the one before ended; behind the last one nothing comes, and the total stays.
pub async fn pages_follow_each_other_and_end(db: &Database) {
    let (member, other) = (db.member(1).await, db.member(2).await);
    for n in 0..5 {
        db.production(n * 2, member, &all()).await;
        db.production(n * 2 + 1, other, &all()).await;
    }
    let songs = db.catalog.counted_songs(member, page(1, 100)).await.expect("the catalog answers");
    let videos = db.catalog.counted_videos(member, page(1, 100)).await;
    let videos = videos.expect("the catalog answers");
    assert!(songs.rows.windows(2).all(|pair| pair[0].row.id > pair[1].row.id), "newest first");
    assert!(videos.rows.windows(2).all(|pair| pair[0].row.id > pair[1].row.id), "newest first");
    for (number, rows) in [(1, 0..2), (2, 2..4), (3, 4..5), (4, 5..5), (u32::MAX, 5..5)] {
        let found = db.catalog.counted_songs(member, page(number, 2)).await;
        let found = found.expect("the catalog answers");
        assert_eq!((found.rows.as_slice(), found.total), (&songs.rows[rows.clone()], 5));
        let found = db.catalog.counted_videos(member, page(number, 2)).await;
        let found = found.expect("the catalog answers");
        assert_eq!((found.rows.as_slice(), found.total), (&videos.rows[rows], 5));
    }
}

/// Neither an older one, nor a newer one that is being made or has failed.
pub async fn of_each_project_the_newest_finished_video_counts(db: &Database) {
    let member = db.member(1).await;
    let again = &make::VIDEO[1..];
    let twice = db.production(1, member, &[&all()[..], again].concat()).await;
    let first = db.production(2, member, &all()).await;
    let failing = [make::request_video as Step, make::submit, make::fail];
    let mut newer = first.clone();
    for step in failing {
        step(&mut newer);
        newer = db.update(&newer).await;
    }
    db.production(3, member, &all()[..10]).await;

    let found = db.catalog.counted_videos(member, page(1, 10)).await.expect("the catalog answers");
    let video = |p: &Production| p.video().expect("there is one").clone();
    let mut expected =
        [(video(&twice), twice.project().clone()), (video(&first), newer.project().clone())];
    expected.sort_by_key(|(video, _)| std::cmp::Reverse(video.id));
    let told: Vec<_> = found.rows.into_iter().map(|found| (found.row, found.project)).collect();
    assert_eq!(told, expected);
    assert_eq!(found.total, 2);
}

/// Neither in the rows nor in the total.
pub async fn lists_hold_nothing_of_somebody_else_and_nothing_archived(db: &Database) {
    let (owner, other) = (db.member(1).await, db.member(2).await);
    db.production(1, owner, &all()).await;
    db.production(2, other, &[&all()[..], &[make::archive]].concat()).await;
    let songs = db.catalog.counted_songs(other, page(1, 9)).await.expect("the catalog answers");
    assert_eq!((songs.rows.len(), songs.total), (0, 0));
    let videos = db.catalog.counted_videos(other, page(1, 9)).await.expect("the catalog answers");
    assert_eq!((videos.rows.len(), videos.total), (0, 0));
}

/// No page is longer than [`MAX_PAGE`], however much is asked for; the second begins behind that.
pub async fn a_page_has_at_most_so_many_rows(db: &Database) {
    let member = db.member(1).await;
    let asked = [&make::LYRIC[..], &[make::request_song]].concat();
    for n in 0..=u64::from(MAX_PAGE) {
        let mut production = make::production(n, member);
        for step in &asked {
            step(&mut production);
        }
        db.insert(&production).await;
    }
    for (number, rows) in [(1, MAX_PAGE as usize), (2, 1)] {
        let found = db.catalog.counted_songs(member, page(number, u32::MAX)).await;
        let found = found.expect("the catalog answers");
        assert_eq!((found.rows.len(), found.total), (rows, u64::from(MAX_PAGE) + 1));
    }
}
