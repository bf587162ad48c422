//! [`AccessBook`](castad_domain::port::AccessBook) and [`Gate`](castad_domain::port::Gate): members,
//! and what opens the API to them.

use castad_domain::{
    model::{
        ApiKey, Caller, KeyId, MemberId, MemberName, Pass, Role, Scope, Scopes, SecretHash,
        Session, SessionId,
    },
    port::{StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{Database, Writers, database::kind, make};

/// `access_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! access_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { access {
            a_member_is_found_by_name
            a_name_is_one_members_alone
            of_two_open_units_one_takes_the_name
            a_key_opens_to_its_member_and_role
            a_key_says_what_it_is_for
            a_key_opens_until_it_expires
            a_key_is_added_once
            a_session_opens_until_it_ends
            a_session_can_be_ended
            a_new_session_leaves_those_that_run
            what_a_dropped_unit_added_opens_nothing
        } $($fresh)+ }
    };
}

fn hash(n: u8) -> SecretHash {
    SecretHash::new([n; 32])
}

fn key(n: u8, member: MemberId, role: Role) -> ApiKey {
    let id = KeyId::from_bits(make::bits(u64::from(n)));
    let (scopes, created_at) = (Scopes::EVERYTHING, make::time(0));
    ApiKey { id, member, role, scopes, hash: hash(n), name: None, created_at, expires_at: None }
}

fn session(n: u8, member: MemberId, ends_at: DateTime<Utc>) -> Session {
    let id = SessionId::from_bits(make::bits(u64::from(n)));
    Session { id, member, role: Role::Member, hash: hash(n), ends_at }
}

async fn add_key(db: &Database, key: &ApiKey) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.access().insert_key(key).await?;
    unit.commit().await
}

async fn add_session(db: &Database, session: &Session, now: DateTime<Utc>) {
    let mut unit = db.begin().await;
    unit.access().insert_session(session, now).await.expect("a session is added");
    unit.commit().await.expect("the unit commits");
}

async fn caller(db: &Database, n: u8, now: DateTime<Utc>) -> Option<Caller> {
    db.gate.caller(&hash(n), now).await.expect("the gate answers")
}

/// A member comes back whole; a name that nobody has is `None`.
pub async fn a_member_is_found_by_name(db: &Database) {
    db.member(1).await;
    let member = make::member(1);
    let mut unit = db.begin().await;
    let found = unit.access().member(&member.name).await.expect("the store answers");
    assert_eq!(found, Some(member));
    let nobody = MemberName::parse("아무도").expect("a plain name is taken");
    assert_eq!(unit.access().member(&nobody).await.expect("the store answers"), None);
}

/// A name is taken once.
pub async fn a_name_is_one_members_alone(db: &Database) {
    db.member(1).await;
    let mut namesake = make::member(2);
    namesake.name = make::member(1).name;
    let mut unit = db.begin().await;
    let refused = unit.access().insert_member(&namesake).await;
    assert_eq!(kind(refused), Some(StoreErrorKind::Duplicate));
}

/// Of two units that add a member of the same name one commits.
pub async fn of_two_open_units_one_takes_the_name(db: &Database) {
    let first = make::member(1);
    let mut second = make::member(2);
    second.name = first.name.clone();
    let mut one = db.begin().await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    one.access().insert_member(&first).await.expect("the first is added");
    one.commit().await.expect("the first commits");

    let mut two = if let Some(open) = early { open } else { db.begin().await };
    let late = match two.access().insert_member(&second).await {
        Ok(()) => two.commit().await,
        refused => refused,
    };
    assert_eq!(kind(late), Some(StoreErrorKind::Duplicate));
}

/// A key says whose it is and what it allows; another secret opens nothing.
pub async fn a_key_opens_to_its_member_and_role(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let keys = [key(1, one, Role::Member), key(2, two, Role::Admin)];
    let now = make::time(1);
    for (n, key) in (1..).zip(&keys) {
        add_key(db, key).await.expect("a key is added");
        let ApiKey { id, member, role, scopes, .. } = *key;
        let expected = Caller { member, role, pass: Pass::Key(id), scopes, until: None };
        assert_eq!(caller(db, n, now).await, Some(expected));
    }
    assert_eq!(caller(db, 3, now).await, None);
}

/// What a key is for comes with its holder, be it some of its role or everything.
pub async fn a_key_says_what_it_is_for(db: &Database) {
    let member = db.member(1).await;
    let named = [&[Scope::Read][..], &[Scope::Account, Scope::Produce], &Scope::ALL];
    let some = named.map(|scopes| Scopes::of(scopes.iter().copied()).expect("some are named"));
    for (n, scopes) in (1..).zip(some.into_iter().chain([Scopes::EVERYTHING])) {
        let key = ApiKey { scopes, ..key(n, member, Role::Admin) };
        add_key(db, &key).await.expect("a key is added");
        let found = caller(db, n, make::time(0)).await.map(|caller| caller.scopes);
        assert_eq!(found, Some(scopes));
    }
}

/// A key that expires opens the API up to then, and then no more, like one that never was.
pub async fn a_key_opens_until_it_expires(db: &Database) {
    let member = db.member(1).await;
    let expires_at = Some(make::time(60));
    let ends = ApiKey { expires_at, ..key(1, member, Role::Member) };
    for key in [ends, key(2, member, Role::Member)] {
        add_key(db, &key).await.expect("a key is added");
    }
    let open = caller(db, 1, make::time(59)).await;
    assert_eq!(open.map(|caller| caller.until), Some(expires_at));
    assert_eq!(caller(db, 1, make::time(60)).await, None);
    assert!(caller(db, 2, make::time(60)).await.is_some(), "the other is good for ever");
}

/// The same key is not added twice.
pub async fn a_key_is_added_once(db: &Database) {
    let member = db.member(1).await;
    let first = key(1, member, Role::Member);
    add_key(db, &first).await.expect("a key is added");
    assert_eq!(kind(add_key(db, &first).await), Some(StoreErrorKind::Duplicate));
    let same_secret = ApiKey { hash: first.hash, ..key(2, member, Role::Admin) };
    assert_eq!(kind(add_key(db, &same_secret).await), Some(StoreErrorKind::Duplicate));
}

/// A session opens the API up to its end, and at its end no more.
pub async fn a_session_opens_until_it_ends(db: &Database) {
    let member = db.member(1).await;
    add_session(db, &session(1, member, make::time(60)), make::time(0)).await;
    let Session { id, role, ends_at, .. } = session(1, member, make::time(60));
    let (pass, scopes) = (Pass::Session(id), Scopes::EVERYTHING);
    let open = Some(Caller { member, role, pass, scopes, until: Some(ends_at) });
    assert_eq!(caller(db, 1, make::time(59)).await, open);
    assert_eq!(caller(db, 1, make::time(60)).await, None);
}

/// A session that is ended opens nothing, and ending it again is fine.
pub async fn a_session_can_be_ended(db: &Database) {
    let member = db.member(1).await;
    add_session(db, &session(1, member, make::time(60)), make::time(0)).await;
    add_session(db, &session(2, member, make::time(60)), make::time(0)).await;
    for _ in 0..2 {
        let mut unit = db.begin().await;
        unit.access().end_session(&hash(1)).await.expect("a session is ended");
        unit.commit().await.expect("the unit commits");
    }
    assert_eq!(caller(db, 1, make::time(1)).await, None);
    assert!(caller(db, 2, make::time(1)).await.is_some(), "the other goes on");
}

/// Adding a session forgets those that have ended, and only those.
pub async fn a_new_session_leaves_those_that_run(db: &Database) {
    let member = db.member(1).await;
    add_session(db, &session(1, member, make::time(10)), make::time(0)).await;
    add_session(db, &session(2, member, make::time(60)), make::time(0)).await;
    add_session(db, &session(3, member, make::time(90)), make::time(20)).await;
    assert_eq!(caller(db, 1, make::time(5)).await, None, "it had ended, and is forgotten");
    assert!(caller(db, 2, make::time(20)).await.is_some());
    assert!(caller(db, 3, make::time(20)).await.is_some());
}

/// What was not committed opens nothing.
pub async fn what_a_dropped_unit_added_opens_nothing(db: &Database) {
    let member = db.member(1).await;
    let mut unit = db.begin().await;
    unit.access().insert_key(&key(1, member, Role::Admin)).await.expect("a key is added");
    drop(unit);
    assert_eq!(caller(db, 1, make::time(0)).await, None);
}
