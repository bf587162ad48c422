//! [`Catalog`](castad_domain::port::Catalog): reads for one member at a time.

use castad_domain::{
    model::{JobState, Lane, MemberId, Outlook, Production, ProjectId},
    port::{LanePace, MAX_PAGE, Page},
};
use chrono::TimeDelta;

use crate::{
    Database,
    make::{self, Step},
};

/// `catalog_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! catalog_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { catalog {
            a_project_is_read_as_it_was_written
            stages_are_found_by_their_ids_and_name_their_project
            older_versions_stay_readable
            a_row_of_somebody_else_is_not_there
            a_project_is_its_owners_alone
            lists_hold_nothing_of_somebody_else
            lists_are_newest_first
            a_page_begins_behind_the_row_that_it_names
            a_page_has_at_most_so_many_rows
            pages_of_stages_follow_each_other
            what_is_archived_is_found_and_not_listed
            an_open_stage_comes_with_its_job_and_progress
            a_stage_that_has_ended_has_no_job
            work_that_no_stage_waits_for_is_not_its_job
            a_waiting_job_knows_how_many_come_before_it
            a_waiting_job_tells_what_its_lane_is_like
            a_unit_is_told_what_a_reader_will_be
            a_list_tells_of_each_lane_what_a_look_at_one_row_tells
            a_dead_job_is_shown_as_dead
        } $($fresh)+ }
    };
}

/// The newest rows.
pub(crate) fn first(limit: u32) -> Page {
    Page { limit, after: None }
}

/// What leads from a draft to a video that is ready.
pub(crate) fn all() -> Vec<Step> {
    [&make::LYRIC[..], &make::SONG, &make::VIDEO].concat()
}

async fn listed(db: &Database, of: MemberId, page: Page) -> Vec<ProjectId> {
    let views = db.catalog.projects(of, page).await.expect("the catalog answers");
    views.iter().map(|view| view.production.project().id()).collect()
}

/// Takes a step and pushes the work that follows, in one unit.
async fn go_on(db: &Database, production: &Production, step: Step) -> Production {
    let mut changed = production.clone();
    step(&mut changed);
    let mut unit = db.begin().await;
    unit.productions().update(&changed).await.expect("it is updated");
    unit.work().push(&changed.changes().work).await.expect("its work is pushed");
    unit.commit().await.expect("the unit commits");
    changed.written()
}

/// A reader sees the production that a unit would find, in the list as by its id.
pub async fn a_project_is_read_as_it_was_written(db: &Database) {
    let member = db.member(1).await;
    let kept = db.production(1, member, &all()).await;
    let one = db.catalog.project(member, kept.project().id()).await.expect("the catalog answers");
    assert_eq!(one.as_ref().map(|view| &view.production), Some(&kept));
    let list = db.catalog.projects(member, first(10)).await.expect("the catalog answers");
    assert_eq!(list, Vec::from_iter(one));
}

/// A lyric, a song and a video are found by their ids, and listed.
pub async fn stages_are_found_by_their_ids_and_name_their_project(db: &Database) {
    let member = db.member(1).await;
    let kept = db.production(1, member, &all()).await;
    let project = kept.project().id();

    let made = kept.lyric().expect("it was made");
    let row = db.catalog.lyric(member, made.id).await.expect("the catalog answers");
    assert_eq!(row.as_ref().map(|row| (row.project, &row.row)), Some((project, made)));
    let list = db.catalog.lyrics(member, first(10)).await.expect("the catalog answers");
    assert_eq!(list, Vec::from_iter(row));

    let made = kept.song().expect("it was made");
    let row = db.catalog.song(member, made.id).await.expect("the catalog answers");
    assert_eq!(row.as_ref().map(|row| (row.project, &row.row)), Some((project, made)));
    let list = db.catalog.songs(member, first(10)).await.expect("the catalog answers");
    assert_eq!(list, Vec::from_iter(row));

    let made = kept.video().expect("it was made");
    let row = db.catalog.video(member, made.id).await.expect("the catalog answers");
    assert_eq!(row.as_ref().map(|row| (row.project, &row.row)), Some((project, made)));
    let list = db.catalog.videos(member, first(10)).await.expect("the catalog answers");
    assert_eq!(list, Vec::from_iter(row));
}

/// A lyric, song or video that is not the newest any more is still there as it was.
pub async fn older_versions_stay_readable(db: &Database) {
    let member = db.member(1).await;
    let kept = db.production(1, member, &all()).await;
    let mut newer = kept.clone();
    for step in [&all()[..], &make::VIDEO[1..]].concat() {
        step(&mut newer);
        newer = db.update(&newer).await;
    }

    let (lyric, song, video) = (kept.lyric(), kept.song(), kept.video());
    let read = db.catalog.lyric(member, lyric.expect("it was made").id).await;
    assert_eq!(read.expect("the catalog answers").map(|row| row.row).as_ref(), lyric);
    let read = db.catalog.song(member, song.expect("it was made").id).await;
    assert_eq!(read.expect("the catalog answers").map(|row| row.row).as_ref(), song);
    let read = db.catalog.video(member, video.expect("it was made").id).await;
    assert_eq!(read.expect("the catalog answers").map(|row| row.row).as_ref(), video);
    let videos = db.catalog.videos(member, first(10)).await.expect("the catalog answers");
    assert_eq!(videos.len(), 3);
}

/// Who does not own it does not find it, by no id.
pub async fn a_row_of_somebody_else_is_not_there(db: &Database) {
    let (owner, other) = (db.member(1).await, db.member(2).await);
    let kept = db.production(1, owner, &all()).await;
    let lyric = kept.lyric().expect("it was made").id;
    let song = kept.song().expect("it was made").id;
    let video = kept.video().expect("it was made").id;
    let read = db.catalog.project(other, kept.project().id()).await;
    assert_eq!(read.expect("the catalog answers"), None);
    assert_eq!(db.catalog.lyric(other, lyric).await.expect("the catalog answers"), None);
    assert_eq!(db.catalog.song(other, song).await.expect("the catalog answers"), None);
    assert_eq!(db.catalog.video(other, video).await.expect("the catalog answers"), None);
}

/// A project is its owner's, be it archived or not, and nobody else's.
pub async fn a_project_is_its_owners_alone(db: &Database) {
    let (owner, other) = (db.member(1).await, db.member(2).await);
    let kept = db.production(1, owner, &[]).await.project().id();
    let away = db.production(2, owner, &[make::archive]).await.project().id();
    let unknown = make::production(3, owner).project().id();
    let owns = async |of, id| db.catalog.owns(of, id).await.expect("the catalog answers");
    assert!(owns(owner, kept).await && owns(owner, away).await);
    assert!(!owns(other, kept).await && !owns(other, away).await);
    assert!(!owns(owner, unknown).await);
}

/// Who owns nothing has empty lists.
pub async fn lists_hold_nothing_of_somebody_else(db: &Database) {
    let (owner, other) = (db.member(1).await, db.member(2).await);
    db.production(1, owner, &all()).await;
    assert_eq!(db.catalog.projects(other, first(9)).await.expect("the catalog answers"), []);
    assert_eq!(db.catalog.lyrics(other, first(9)).await.expect("the catalog answers"), []);
    assert_eq!(db.catalog.songs(other, first(9)).await.expect("the catalog answers"), []);
    assert_eq!(db.catalog.videos(other, first(9)).await.expect("the catalog answers"), []);
}

/// The newest comes first, whatever was inserted or changed last.
pub async fn lists_are_newest_first(db: &Database) {
    let member = db.member(1).await;
    let mut ids = Vec::new();
    for n in [5, 7, 6] {
        ids.push(db.production(n, member, &make::LYRIC).await.project().id());
    }
    assert_eq!(listed(db, member, first(9)).await, [ids[1], ids[2], ids[0]]);
}

/// A page begins behind the row that `after` names.
pub async fn a_page_begins_behind_the_row_that_it_names(db: &Database) {
    let member = db.member(1).await;
    let other = db.member(2).await;
    let mut ids = Vec::new();
    for n in 10..15 {
        ids.push(db.production(n * 2, member, &[]).await.project().id());
        db.production(n * 2 + 1, other, &[]).await;
    }
    ids.reverse();
    let behind = |id: ProjectId| Page { limit: 2, after: Some(id.to_bits()) };
    assert_eq!(listed(db, member, first(2)).await, ids[..2]);
    assert_eq!(listed(db, member, behind(ids[1])).await, ids[2..4]);
    assert_eq!(listed(db, member, behind(ids[3])).await, ids[4..]);
    assert_eq!(listed(db, member, behind(ids[4])).await, []);
}

/// No page is longer than [`MAX_PAGE`], however much is asked for.
pub async fn a_page_has_at_most_so_many_rows(db: &Database) {
    let member = db.member(1).await;
    for n in 0..=u64::from(MAX_PAGE) {
        db.insert(&make::production(n, member)).await;
    }
    let found = listed(db, member, first(u32::MAX)).await;
    assert_eq!(found.len(), MAX_PAGE as usize);
}

/// Lists of lyrics, songs and videos are paged as those of projects are.
pub async fn pages_of_stages_follow_each_other(db: &Database) {
    let member = db.member(1).await;
    for n in [2, 1, 3] {
        db.production(n, member, &all()).await;
    }
    let lyrics = db.catalog.lyrics(member, first(9)).await.expect("the catalog answers");
    assert!(lyrics.windows(2).all(|pair| pair[0].row.id > pair[1].row.id), "newest first");
    let page = Page { limit: 1, after: Some(lyrics[0].row.id.to_bits()) };
    let next = db.catalog.lyrics(member, page).await.expect("the catalog answers");
    assert_eq!(next, lyrics[1..2]);

    let songs = db.catalog.songs(member, first(9)).await.expect("the catalog answers");
    let page = Page { limit: 1, after: Some(songs[0].row.id.to_bits()) };
    let next = db.catalog.songs(member, page).await.expect("the catalog answers");
    assert_eq!(next, songs[1..2]);

    let videos = db.catalog.videos(member, first(9)).await.expect("the catalog answers");
    let page = Page { limit: 1, after: Some(videos[1].row.id.to_bits()) };
    let next = db.catalog.videos(member, page).await.expect("the catalog answers");
    assert_eq!(next, videos[2..]);
}

/// A project that was put away, and what was made in it, is found by its id and not listed.
pub async fn what_is_archived_is_found_and_not_listed(db: &Database) {
    let member = db.member(1).await;
    let away = db.production(1, member, &[&all()[..], &[make::archive]].concat()).await;
    let kept = db.production(2, member, &all()).await;
    assert_eq!(listed(db, member, first(9)).await, [kept.project().id()]);
    let lyrics = db.catalog.lyrics(member, first(9)).await.expect("the catalog answers");
    assert_eq!(lyrics.len(), 1);
    let songs = db.catalog.songs(member, first(9)).await.expect("the catalog answers");
    assert_eq!(songs.len(), 1);
    let videos = db.catalog.videos(member, first(9)).await.expect("the catalog answers");
    assert_eq!(videos.len(), 1);

    let found = db.catalog.project(member, away.project().id()).await;
    assert_eq!(
        found.expect("the catalog answers").map(|view| view.production).as_ref(),
        Some(&away)
    );
    let video = db.catalog.video(member, away.video().expect("it was made").id).await;
    assert!(video.expect("the catalog answers").is_some());
}

/// While a stage is being made its job is shown, with the progress that a worker noted.
pub async fn an_open_stage_comes_with_its_job_and_progress(db: &Database) {
    let member = db.member(1).await;
    let draft = db.production(1, member, &[]).await;
    let open = go_on(db, &draft, make::request_lyric).await;
    let job = db.job(&open).await.expect("the lyric waits for a job");
    assert_eq!((job.state, job.progress), (JobState::Waiting, 0.0));

    let claim = db.claim(make::time(50)).await.expect("the job is due");
    db.queue.renew(&claim, make::time(900), 0.5).await.expect("the claim holds");
    let job = db.job(&open).await.expect("the lyric waits for a job");
    assert_eq!((job.id, job.state, job.progress), (claim.job, JobState::Running, 0.5));
    assert_eq!(job.work, claim.work);

    let lyric = open.lyric().expect("it was asked for").id;
    let row = db.catalog.lyric(member, lyric).await.expect("the catalog answers");
    assert_eq!(row.and_then(|row| row.job).as_ref(), Some(&job));
    let rows = db.catalog.lyrics(member, first(9)).await.expect("the catalog answers");
    assert_eq!(rows.first().and_then(|row| row.job.as_ref()), Some(&job));
    let views = db.catalog.projects(member, first(9)).await.expect("the catalog answers");
    assert_eq!(views.first().and_then(|view| view.job.as_ref()), Some(&job));
}

/// Once a stage has ended its job is nobody's concern, even if the row is still there.
pub async fn a_stage_that_has_ended_has_no_job(db: &Database) {
    let member = db.member(1).await;
    let draft = db.production(1, member, &[]).await;
    let open = go_on(db, &draft, make::request_lyric).await;
    let ended = go_on(db, &open, make::cancel).await;
    assert_eq!(db.job(&ended).await, None);
    let lyric = ended.lyric().expect("it was asked for").id;
    let row = db.catalog.lyric(member, lyric).await.expect("the catalog answers");
    assert_eq!(row.map(|row| row.job), Some(None));
}

/// Deadlines, releases and erasures of the same project are not the stage's job.
pub async fn work_that_no_stage_waits_for_is_not_its_job(db: &Database) {
    let member = db.member(1).await;
    let ready = db.production(1, member, &make::LYRIC).await;
    let with_deadline: Step = |p| p.cancel_after(make::time(1));
    let set = go_on(db, &ready, with_deadline).await;
    assert_eq!(db.job(&set).await, None);
    let open = go_on(db, &set, make::request_song).await;
    let job = db.job(&open).await.expect("the song waits for a job");
    assert_eq!(job.work.task.name(), "submit_song");
    let song = open.song().expect("it was asked for").id;
    let row = db.catalog.song(member, song).await.expect("the catalog answers");
    assert_eq!(row.and_then(|row| row.job), Some(job));
}

/// A waiting job has before it the waiting jobs that were due earlier; one that runs has none.
pub async fn a_waiting_job_knows_how_many_come_before_it(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let a = db.production(1, one, &[]).await;
    let b = db.production(2, two, &[make::add_images]).await;
    let c = db.production(3, two, &[make::add_images, make::add_images]).await;
    let c = go_on(db, &c, make::request_lyric).await;
    let a = go_on(db, &a, make::request_lyric).await;
    let b = go_on(db, &b, make::request_lyric).await;
    let ahead = async |of: &Production| db.job(of).await.expect("a job waits").outlook.ahead;
    assert_eq!((ahead(&a).await, ahead(&b).await, ahead(&c).await), (0, 1, 2));

    let claim = db.claim(make::time(60)).await.expect("one is due");
    assert_eq!(claim.work.project, a.project().id());
    assert_eq!((ahead(&a).await, ahead(&b).await, ahead(&c).await), (0, 0, 1));
}

/// Who waits learns how many run, how long steps take and what holds the lane, also in a list.
pub async fn a_waiting_job_tells_what_its_lane_is_like(db: &Database) {
    let member = db.member(1).await;
    let a = db.production(1, member, &[]).await;
    let b = db.production(2, member, &[make::add_images]).await;
    go_on(db, &a, make::request_lyric).await;
    let b = go_on(db, &b, make::request_lyric).await;
    db.claim(make::time(60)).await.expect("one is due");
    let pace = LanePace { step: TimeDelta::milliseconds(2_500), spacing: TimeDelta::seconds(1) };
    db.queue.pace(Lane::Lyric, pace).await.expect("the queue answers");
    db.queue.rest(Lane::Lyric, make::time(99), "busy").await.expect("the queue answers");

    let outlook = db.job(&b).await.expect("a job waits").outlook;
    let wanted = Outlook {
        ahead: 0,
        running: 1,
        step: pace.step,
        spacing: pace.spacing,
        rests_until: Some(make::time(99)),
        paused: false,
    };
    assert_eq!(outlook, wanted);
    let page = Page { after: None, limit: 10 };
    let listed = db.catalog.projects(member, page).await.expect("the catalog answers");
    let jobs = listed.into_iter().map(|view| view.job.expect("a job waits").outlook);
    assert_eq!(jobs.collect::<Vec<_>>(), [wanted, Outlook::default()]);
}

/// What a unit is told of a lane before it pushes is what a reader is told of its job.
pub async fn a_unit_is_told_what_a_reader_will_be(db: &Database) {
    let member = db.member(1).await;
    for n in [1, 2, 3] {
        let production = db.production(n, member, &[]).await;
        go_on(db, &production, make::request_lyric).await;
    }
    db.claim(make::time(60)).await.expect("one is due");
    let mut last = db.production(4, member, &[]).await;
    let mut asked = last.clone();
    make::request_lyric(&mut asked);
    let due = asked.changes().work.first().expect("a job is pushed").due;
    let mut unit = db.begin().await;
    let told = unit.work().outlook(Lane::Lyric, due).await.expect("the queue answers");
    let house = unit.work().outlook(Lane::House, due).await.expect("the queue answers");
    drop(unit);
    last = go_on(db, &last, make::request_lyric).await;

    assert_eq!((told.ahead, told.running), (2, 1));
    assert_eq!((house.ahead, house.running), (0, 0));
    assert_eq!(db.job(&last).await.expect("a job waits").outlook, told);
}

/// Jobs of several lanes in one list: each is told of its own.
pub async fn a_list_tells_of_each_lane_what_a_look_at_one_row_tells(db: &Database) {
    let member = db.member(1).await;
    let (words, song) = (make::LYRIC.to_vec(), [&make::LYRIC[..], &make::SONG].concat());
    let pictured = [&song[..], &[make::add_images]].concat();
    let waiting: [(_, _, Step); 3] = [
        (Lane::Lyric, Vec::new(), make::request_lyric),
        (Lane::Song, words, make::request_song),
        (Lane::Video, pictured, make::request_video),
    ];
    for (n, (lane, before, step)) in (1..).zip(waiting) {
        let (seconds, spacing) = (TimeDelta::seconds(9), TimeDelta::seconds(n));
        let paced = db.queue.pace(lane, LanePace { step: seconds, spacing }).await;
        paced.expect("the queue answers");
        for k in 0..2 {
            let production = db.production(n.unsigned_abs() * 2 + k, member, &before).await;
            go_on(db, &production, step).await;
        }
    }
    let listed = db.catalog.projects(member, first(9)).await.expect("the catalog answers");
    let mut told = Vec::new();
    for view in listed {
        assert_eq!(view.job, db.job(&view.production).await);
        let outlook = view.job.expect("a job waits").outlook;
        told.push((outlook.spacing.num_seconds(), outlook.ahead));
    }
    assert_eq!(told, [(3, 1), (3, 0), (2, 1), (2, 0), (1, 1), (1, 0)]);
}

/// A job that was set aside is still shown with its stage.
pub async fn a_dead_job_is_shown_as_dead(db: &Database) {
    let member = db.member(1).await;
    let draft = db.production(1, member, &[]).await;
    let open = go_on(db, &draft, make::request_lyric).await;
    let claim = db.claim(make::time(50)).await.expect("the job is due");
    db.queue.bury(&claim, "너무 자주 실패했어요").await.expect("the claim holds");
    assert_eq!(db.job(&open).await.map(|job| job.state), Some(JobState::Dead));
}
