//! [`Store`](castad_domain::port::Store) and its
//! [`ProductionRepository`](castad_domain::port::ProductionRepository).

use castad_domain::{
    model::{
        AttemptToken, BriefChange, BusinessName, ImageState, Orientation, Production, Stage, Touch,
    },
    port::StoreErrorKind,
};
use chrono::TimeDelta;
use futures_util::future::join_all;

use crate::{
    Database, Writers,
    database::kind,
    make::{self, Step},
    suite::let_others_run,
};

/// `productions_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! productions_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { productions {
            a_production_reads_back_as_it_was_written
            a_whole_production_reads_back_after_every_step
            lyrics_read_back_in_every_state
            songs_and_videos_read_back_in_every_state
            goals_and_deadlines_read_back
            what_is_not_there_is_none
            a_second_insert_of_the_same_id_is_refused
            an_update_of_what_is_not_there_is_refused
            a_stale_update_is_refused
            of_two_open_units_one_wins
            racing_writers_lose_no_update
            a_unit_that_is_dropped_leaves_nothing
            nothing_is_seen_before_the_commit
            a_unit_sees_what_it_wrote
            a_refused_update_takes_the_whole_unit_with_it
            the_newest_of_each_stage_counts
            pictures_keep_their_order
            a_picture_that_was_taken_out_is_gone
            an_attempt_that_has_not_ended_is_found
        } $($fresh)+ }
    };
}

async fn walk(db: &Database, n: u64, steps: &[Step]) -> Production {
    let member = db.member(n).await;
    let mut kept = db.insert(&make::production(n, member)).await;
    for step in steps {
        step(&mut kept);
        kept = db.update(&kept).await;
        assert_eq!(db.find(kept.project().id()).await.as_ref(), Some(&kept));
    }
    kept
}

fn renamed(mut production: Production, name: &str) -> Production {
    let name = BusinessName::parse(name).expect("a plain name is taken");
    let change = BriefChange { business_name: Some(name), ..BriefChange::default() };
    let now = make::later(&production);
    production.change_brief(change, now).expect("a draft may be changed");
    production
}

/// What is found equals what was inserted, [written](Production::written), to the microsecond.
pub async fn a_production_reads_back_as_it_was_written(db: &Database) {
    let member = db.member(1).await;
    let written = db.insert(&make::production(1, member)).await;
    assert_eq!(db.find(written.project().id()).await, Some(written));

    let project = castad_domain::model::Project::new(
        castad_domain::model::ProjectId::from_bits(make::bits(2)),
        member,
        make::english_brief(),
        make::time(-5),
    );
    let written = db.insert(&Production::open(project)).await;
    assert_eq!(db.find(written.project().id()).await, Some(written));
}

/// Every step from a draft to a finished, archived video reads back.
pub async fn a_whole_production_reads_back_after_every_step(db: &Database) {
    let steps = [&make::LYRIC[..], &make::SONG, &make::VIDEO, &[make::archive]].concat();
    let kept = walk(db, 1, &steps).await;
    assert!(kept.video().is_some_and(|video| video.making.product().is_some()));
}

/// Lyrics that are declined, tried again, edited, failed and canceled read back.
pub async fn lyrics_read_back_in_every_state(db: &Database) {
    use make::{begin_lyric, cancel, decline, fail, request_lyric, write_lyric};
    let edit: Step = |p| {
        let id = castad_domain::model::LyricId::from_bits(make::fresh(p));
        p.write_lyric(make::words(), id, make::later(p)).expect("ready words may be edited");
    };
    walk(db, 1, &[edit, request_lyric, begin_lyric, begin_lyric, write_lyric, edit]).await;
    walk(db, 2, &[request_lyric, begin_lyric, decline, begin_lyric, fail]).await;
    walk(db, 3, &[request_lyric, cancel, request_lyric, begin_lyric, cancel]).await;
    let sparse: Step = |p| {
        let mut failure = make::failure(castad_domain::model::Stage::Lyric, make::later(p));
        (failure.provider, failure.provider_code) = (None, None);
        (failure.retryable, failure.detail) = (false, String::new());
        p.failed(failure).expect("an open stage may fail");
    };
    walk(db, 4, &[request_lyric, sparse]).await;
}

/// Commissions that are declined, lost, bought again, failed and canceled read back.
pub async fn songs_and_videos_read_back_in_every_state(db: &Database) {
    use make::{
        accept, add_images, buy_again, cancel, decline, deliver, fail, lose, request_song,
        request_video, submit,
    };
    let song = [&make::LYRIC[..], &[request_song, submit]].concat();
    let film = [&make::LYRIC[..], &make::SONG, &[add_images, request_video, submit]].concat();
    for (n, before) in [(10, song), (20, film)] {
        let ends: [&[Step]; 5] = [
            &[decline, submit, accept, fail],
            &[lose, accept, deliver, fail],
            &[lose, buy_again, submit, accept, cancel],
            &[accept, deliver, cancel],
            &[lose, cancel],
        ];
        for (i, end) in (0..).zip(ends) {
            walk(db, n + i, &[&before, end].concat()).await;
        }
    }
    let silent: Step = |p| {
        let mut recording = make::recording(AttemptToken::from_bits(9));
        (recording.lines, recording.bars_ms) = (Vec::new(), Vec::new());
        recording.instrumental = false;
        p.song_collected(recording, make::fresh(p), make::later(p)).expect("it is being collected");
    };
    let steps = [&make::LYRIC[..], &make::SONG[..4], &[silent]].concat();
    walk(db, 30, &steps).await;
}

/// What a project works towards, and until when, reads back.
pub async fn goals_and_deadlines_read_back(db: &Database) {
    let produce: Step = |p| {
        let now = make::later(p);
        p.produce(Some(Orientation::Square), make::fresh(p), now).expect("it is idle");
        p.cancel_after(now + TimeDelta::microseconds(3_600_000_001));
    };
    let (begin, write) = (make::begin_lyric, make::write_lyric);
    let kept = walk(db, 1, &[make::add_images, produce, begin, write, make::submit]).await;
    assert_eq!(kept.project().goal(), Some(Orientation::Square));
    assert!(kept.project().cancel_at().is_some());
    walk(db, 2, &[make::add_images, produce, make::fail]).await;
}

/// A project that does not exist is `None`.
pub async fn what_is_not_there_is_none(db: &Database) {
    let stranger = make::production(1, make::member(1).id);
    assert_eq!(db.find(stranger.project().id()).await, None);
}

/// An id is given once.
pub async fn a_second_insert_of_the_same_id_is_refused(db: &Database) {
    let member = db.member(1).await;
    let first = db.insert(&make::production(1, member)).await;
    let again = make::production(1, member);

    let mut unit = db.begin().await;
    let refused = unit.productions().insert(&again).await;
    assert_eq!(kind(refused), Some(StoreErrorKind::Duplicate));
    drop(unit);
    assert_eq!(db.find(first.project().id()).await, Some(first));
}

/// There is nothing to update where nothing was inserted.
pub async fn an_update_of_what_is_not_there_is_refused(db: &Database) {
    let member = db.member(1).await;
    let stranger = make::production(1, member);
    assert_eq!(kind(db.try_update(&stranger).await), Some(StoreErrorKind::Conflict));
}

/// Of two writers that read the same version the later one gets a conflict.
pub async fn a_stale_update_is_refused(db: &Database) {
    let member = db.member(1).await;
    let read = db.insert(&make::production(1, member)).await;
    let won = db.update(&renamed(read.clone(), "첫째")).await;

    let late = db.try_update(&renamed(read, "둘째")).await;
    assert_eq!(kind(late), Some(StoreErrorKind::Conflict));
    assert_eq!(db.find(won.project().id()).await, Some(won));
}

/// The same with both units open at once, where the store lets two write.
pub async fn of_two_open_units_one_wins(db: &Database) {
    let member = db.member(1).await;
    let read = db.insert(&make::production(1, member)).await;
    let first = renamed(read.clone(), "첫째");
    let second = renamed(read.clone(), "둘째");
    let mut one = db.begin().await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    one.productions().update(&first).await.expect("the first may write");
    one.commit().await.expect("the first commits");

    let mut two = if let Some(open) = early { open } else { db.begin().await };
    let late = match two.productions().update(&second).await {
        Ok(()) => two.commit().await,
        refused => {
            drop(two);
            refused
        }
    };
    assert_eq!(kind(late), Some(StoreErrorKind::Conflict));
    assert_eq!(db.find(read.project().id()).await, Some(first.written()));
}

/// However many write at once, every write that is not refused counts.
pub async fn racing_writers_lose_no_update(db: &Database) {
    let member = db.member(1).await;
    let id = db.insert(&make::production(1, member)).await.project().id();
    let add = |n: u64| async move {
        let mut unit = db.begin().await;
        let read = unit.productions().find(id).await.expect("the store answers");
        let mut changed = read.expect("it is there");
        let_others_run().await;
        let now = make::later(&changed);
        changed.add_images(vec![make::image(make::bits(n), now)], now).expect("there is room");
        unit.productions().update(&changed).await?;
        let_others_run().await;
        unit.commit().await
    };

    let ends = join_all((0..8).map(add)).await;
    let won = ends.iter().filter(|end| end.is_ok()).count();
    assert!(won >= 1, "somebody wins");
    for refused in ends.into_iter().filter_map(Result::err) {
        assert_eq!(refused.kind(), StoreErrorKind::Conflict);
    }
    let end = db.find(id).await.expect("it is there");
    assert_eq!(end.images().len(), won, "a picture for every write");
}

/// A unit that is dropped leaves nothing behind.
pub async fn a_unit_that_is_dropped_leaves_nothing(db: &Database) {
    let member = db.member(1).await;
    let kept = db.insert(&make::production(1, member)).await;
    let other = make::production(2, member);

    let mut unit = db.begin().await;
    unit.productions().insert(&other).await.expect("it is added");
    unit.productions().update(&renamed(kept.clone(), "새 이름")).await.expect("it is updated");
    drop(unit);
    assert_eq!(db.find(other.project().id()).await, None);
    assert_eq!(db.find(kept.project().id()).await, Some(kept));
}

/// Nothing that a unit writes is seen by others before it commits.
pub async fn nothing_is_seen_before_the_commit(db: &Database) {
    let member = db.member(1).await;
    let production = make::production(1, member);
    let id = production.project().id();

    let mut unit = db.begin().await;
    unit.productions().insert(&production).await.expect("it is added");
    assert_eq!(db.catalog.project(member, id).await.expect("the catalog answers"), None);
    unit.commit().await.expect("the unit commits");
    let view = db.catalog.project(member, id).await.expect("the catalog answers");
    assert_eq!(view.map(|view| view.production), Some(production.written()));
}

/// A unit reads its own writes.
pub async fn a_unit_sees_what_it_wrote(db: &Database) {
    let member = db.member(1).await;
    let production = make::production(1, member);
    let mut unit = db.begin().await;
    unit.productions().insert(&production).await.expect("it is added");
    let found = unit.productions().find(production.project().id()).await;
    assert_eq!(found.expect("the store answers"), Some(production.written()));
}

/// A unit whose update is refused and that is let go has written nothing else either.
pub async fn a_refused_update_takes_the_whole_unit_with_it(db: &Database) {
    let member = db.member(1).await;
    let read = db.insert(&make::production(1, member)).await;
    db.update(&renamed(read.clone(), "첫째")).await;
    let other = make::production(2, member);

    let mut unit = db.begin().await;
    unit.productions().insert(&other).await.expect("it is added");
    let refused = unit.productions().update(&renamed(read, "둘째")).await;
    drop(unit);
    assert_eq!(kind(refused), Some(StoreErrorKind::Conflict));
    assert_eq!(db.find(other.project().id()).await, None);
}

/// A production is found with the newest lyric, song and video, whatever was made before.
pub async fn the_newest_of_each_stage_counts(db: &Database) {
    let twice = [&make::LYRIC[..], &make::LYRIC, &make::SONG, &make::SONG].concat();
    let kept = walk(db, 1, &twice).await;
    let lyrics = db.catalog.lyrics(kept.project().member(), crate::catalog::first(10)).await;
    let lyrics = lyrics.expect("the catalog answers");
    assert_eq!(lyrics.len(), 2, "the older one is kept");
    assert_eq!(Some(lyrics[0].row.id), kept.lyric().map(|lyric| lyric.id));
    assert_eq!(kept.changes().lyric, Touch::Untouched);
}

/// Pictures come back in the order that was last set.
pub async fn pictures_keep_their_order(db: &Database) {
    let turn: Step = |p| {
        let order: Vec<_> = p.images().iter().rev().map(|image| image.id).collect();
        p.reorder_images(&order, make::later(p)).expect("the order names each once");
    };
    let kept =
        walk(db, 1, &[make::add_images, make::add_images, turn, make::add_images, turn]).await;
    assert_eq!(kept.images().len(), 6);
}

/// A picture that was taken out is not found again, and the others are.
pub async fn a_picture_that_was_taken_out_is_gone(db: &Database) {
    let remove: Step = |p| {
        let first = p.images()[0].id;
        p.remove_image(first, make::later(p)).expect("it is there");
    };
    let kept = walk(db, 1, &[make::add_images, remove, make::add_images, remove]).await;
    assert_eq!(kept.images().len(), 2);
    assert!(kept.images().iter().all(|image| image.state == ImageState::Kept));
}

/// Whoever names an attempt finds whose it is, of that stage, from the decision until it ends.
pub async fn an_attempt_that_has_not_ended_is_found(db: &Database) {
    use make::{accept, cancel, lose, request_song, submit};
    let find = async |stage, attempt| {
        db.begin().await.productions().of_attempt(stage, attempt).await.expect("the store answers")
    };
    let nobody = AttemptToken::from_bits(make::bits(99));
    assert_eq!(find(Stage::Song, nobody).await, None);
    let bought = [&make::LYRIC[..], &[request_song, submit]].concat();
    let known: [Step; 2] = [accept, lose];
    for (n, more) in (1..).zip(known) {
        let production = walk(db, n, &bought).await;
        let id = production.project().id();
        let attempt = production.attempt(Stage::Song).expect("it is bought");
        let open = [(Stage::Lyric, None), (Stage::Song, Some(id)), (Stage::Video, None)];
        for (stage, found) in open {
            assert_eq!(find(stage, attempt).await, found, "{stage:?}");
        }
        let mut production = production;
        more(&mut production);
        production = db.update(&production).await;
        assert_eq!(find(Stage::Song, attempt).await, Some(id), "whatever became of it");
        cancel(&mut production);
        db.update(&production).await;
        assert_eq!(find(Stage::Song, attempt).await, None, "it has ended");
    }
}
