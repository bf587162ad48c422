//! [`ReplyBook`](castad_domain::port::ReplyBook): answers that are kept with their effect.

use castad_domain::{
    model::{Answer, Fingerprint, IdempotencyKey, MemberId, Reply},
    port::{StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{Database, Writers, database::kind, make};

/// `replies_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! replies_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { replies {
            an_answer_reads_back_as_it_was_kept
            an_answer_is_its_members_alone
            keys_differ_by_the_case_of_their_letters
            a_second_answer_under_the_same_name_is_refused
            of_two_open_units_one_keeps_its_answer
            an_answer_that_is_too_old_is_not_found_and_gives_way
            an_answer_of_a_dropped_unit_was_never_kept
            old_answers_are_forgotten_and_counted
        } $($fresh)+ }
    };
}

fn reply(member: MemberId, key: &str, at: DateTime<Utc>) -> Reply {
    let answer = Answer {
        status: 202,
        location: Some("/v1/projects/prj_1".to_owned()),
        body: "{\"이름\":\"다온카페\"}".to_owned(),
    };
    let key = IdempotencyKey::parse(key).expect("a plain key is taken");
    Reply { member, key, fingerprint: Fingerprint([0xf0; 32]), answer, at }
}

async fn keep(db: &Database, reply: &Reply, since: DateTime<Utc>) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.replies().insert(reply, since).await?;
    unit.commit().await
}

async fn find(db: &Database, asked: &Reply, since: DateTime<Utc>) -> Option<Reply> {
    let mut unit = db.begin().await;
    let found = unit.replies().find(asked.member, &asked.key, since).await;
    found.expect("the store answers")
}

/// An answer comes back with its status, place, body, fingerprint and time.
pub async fn an_answer_reads_back_as_it_was_kept(db: &Database) {
    let member = db.member(1).await;
    let full = reply(member, "order-42", make::time(7));
    keep(db, &full, make::time(0)).await.expect("it is kept");
    assert_eq!(find(db, &full, make::time(0)).await, Some(full));

    let mut bare = reply(member, "order-43", make::time(8));
    bare.answer = Answer { status: 204, location: None, body: String::new() };
    keep(db, &bare, make::time(0)).await.expect("it is kept");
    assert_eq!(find(db, &bare, make::time(0)).await, Some(bare));
}

/// Two members may name their requests alike.
pub async fn an_answer_is_its_members_alone(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let mine = reply(one, "k", make::time(1));
    let theirs = reply(two, "k", make::time(2));
    keep(db, &mine, make::time(0)).await.expect("it is kept");
    assert_eq!(find(db, &theirs, make::time(0)).await, None);
    keep(db, &theirs, make::time(0)).await.expect("it is kept");
    assert_eq!(find(db, &mine, make::time(0)).await, Some(mine));
}

/// A key is taken as it is written.
pub async fn keys_differ_by_the_case_of_their_letters(db: &Database) {
    let member = db.member(1).await;
    let small = reply(member, "order-a", make::time(1));
    let large = reply(member, "order-A", make::time(1));
    keep(db, &small, make::time(0)).await.expect("it is kept");
    assert_eq!(find(db, &large, make::time(0)).await, None);
    keep(db, &large, make::time(0)).await.expect("it is another key");
}

/// One answer is kept under a name.
pub async fn a_second_answer_under_the_same_name_is_refused(db: &Database) {
    let member = db.member(1).await;
    let first = reply(member, "k", make::time(1));
    let second = reply(member, "k", make::time(2));
    keep(db, &first, make::time(0)).await.expect("it is kept");
    let refused = keep(db, &second, make::time(0)).await;
    assert_eq!(kind(refused), Some(StoreErrorKind::Duplicate));
    assert_eq!(find(db, &first, make::time(0)).await, Some(first));
}

/// Of two units that keep an answer under the same name one commits, with all its effects.
pub async fn of_two_open_units_one_keeps_its_answer(db: &Database) {
    let member = db.member(1).await;
    let first = reply(member, "k", make::time(1));
    let second = reply(member, "k", make::time(2));
    let effect = make::production(1, member);

    let mut one = db.begin().await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    one.replies().insert(&first, make::time(0)).await.expect("the first may keep");
    one.commit().await.expect("the first commits");
    let mut two = if let Some(open) = early { open } else { db.begin().await };
    two.productions().insert(&effect).await.expect("it is added");
    let late = match two.replies().insert(&second, make::time(0)).await {
        Ok(()) => two.commit().await,
        Err(refused) => {
            drop(two);
            Err(refused)
        }
    };
    assert_eq!(kind(late), Some(StoreErrorKind::Duplicate));
    assert_eq!(find(db, &first, make::time(0)).await, Some(first));
    assert_eq!(db.find(effect.project().id()).await, None, "nor is its effect there");
}

/// An answer from before `since` is none, and another takes its place; one of that very time counts.
pub async fn an_answer_that_is_too_old_is_not_found_and_gives_way(db: &Database) {
    let member = db.member(1).await;
    let old = reply(member, "k", make::time(10));
    keep(db, &old, make::time(0)).await.expect("it is kept");
    assert_eq!(find(db, &old, make::time(10)).await, Some(old.clone()));
    assert_eq!(find(db, &old, make::time(11)).await, None);

    let same = reply(member, "k", make::time(20));
    assert_eq!(kind(keep(db, &same, make::time(10)).await), Some(StoreErrorKind::Duplicate));
    keep(db, &same, make::time(11)).await.expect("the old one gives way");
    assert_eq!(find(db, &same, make::time(0)).await, Some(same));
}

/// An answer whose unit did not commit is not given.
pub async fn an_answer_of_a_dropped_unit_was_never_kept(db: &Database) {
    let member = db.member(1).await;
    let reply = reply(member, "k", make::time(1));
    let mut unit = db.begin().await;
    unit.replies().insert(&reply, make::time(0)).await.expect("it is taken");
    drop(unit);
    assert_eq!(find(db, &reply, make::time(0)).await, None);
}

/// What was answered before a time is forgotten, what came at that time or later is not.
pub async fn old_answers_are_forgotten_and_counted(db: &Database) {
    let member = db.member(1).await;
    for (at, key) in [(1, "a"), (2, "b"), (3, "c")] {
        keep(db, &reply(member, key, make::time(at)), make::time(0)).await.expect("it is kept");
    }
    let mut unit = db.begin().await;
    assert_eq!(unit.replies().forget(make::time(3)).await.expect("the store answers"), 2);
    unit.commit().await.expect("the unit commits");
    assert_eq!(find(db, &reply(member, "b", make::time(2)), make::time(0)).await, None);
    let kept = reply(member, "c", make::time(3));
    assert_eq!(find(db, &kept, make::time(0)).await, Some(kept));
}
