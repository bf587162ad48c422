//! [`ActionBook`](castad_domain::port::ActionBook): what admins do is noted with its effect.

use std::collections::BTreeMap;

use castad_domain::{
    model::{
        Action, ActionKind, Answer, ApiKey, By, Credit, Datum, Fingerprint, IdempotencyKey, KeyId,
        Lot, LotKind, MemberId, NewAction, Pass, Role, Scopes, SecretHash, SessionId, SettingKey,
    },
    port::{ActionFilter, MAX_PAGE, Page},
    usecase::{Accumulate, ChangeSetting, ExpireLots, Receipt, ReconcileAll, SettingOrder},
};
use chrono::TimeDelta;

use crate::{Books, Database, make};

/// `actions_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! actions_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { actions audited {
            a_note_reads_back_as_it_was_written
            a_note_is_there_with_what_its_unit_writes
            a_note_goes_with_what_its_unit_wrote
            notes_are_turned_over_newest_first
            notes_are_found_by_who_and_by_what
            what_is_refused_is_not_noted
            what_is_asked_for_again_is_noted_once
            what_many_units_do_is_noted_in_each
        } $($fresh)+ }
    };
}

const ANY: ActionFilter = ActionFilter { actor: None, kind: None };

fn by(n: u64, pass: Pass) -> By {
    By { member: make::member(n).id, pass, request: None }
}

fn action(by: &By, kind: ActionKind, n: i64) -> NewAction {
    NewAction::new(by, kind, &n, make::time(n), [("n", n.into())])
}

fn key(n: u8, member: MemberId) -> ApiKey {
    ApiKey {
        id: KeyId::from_bits(make::bits(u64::from(n))),
        member,
        role: Role::Member,
        scopes: Scopes::EVERYTHING,
        hash: SecretHash::new([n; 32]),
        name: None,
        created_at: make::time(0),
        expires_at: None,
    }
}

async fn note(db: &Database, actions: &[NewAction]) {
    let mut unit = db.begin().await;
    for action in actions {
        unit.actions().note(action).await.expect("it is noted");
    }
    unit.commit().await.expect("the unit commits");
}

async fn noted(db: &Database, of: ActionFilter) -> Vec<Action> {
    let page = Page { limit: MAX_PAGE, after: None };
    db.oversight.actions(of, page).await.expect("the database answers")
}

fn numbers(actions: &[Action]) -> Vec<&str> {
    actions.iter().map(|action| action.target.as_str()).collect()
}

/// Who, with what, what, to what, when and what else: all of it comes back.
pub async fn a_note_reads_back_as_it_was_written(db: &Database) {
    let passes = [
        Pass::Key(KeyId::from_bits(make::bits(7))),
        Pass::Session(SessionId::from_bits(make::bits(8))),
        Pass::Program,
    ];
    let details = BTreeMap::from([
        ("name", Datum::from("다온 \"O'Neil\" \\")),
        ("amount", Datum::Number(-1_000_000_007)),
        ("queue", Datum::Flag(true)),
    ]);
    let mut written = Vec::new();
    for (n, pass) in passes.into_iter().enumerate() {
        let request = (n == 0).then(|| "req_0123:abc".to_owned());
        let by = By { request, ..by(1, pass) };
        let (kind, details) = (ActionKind::PointsGranted, details.clone());
        let plain = NewAction::new(&by, kind, &"lot_1", make::time(3), []);
        written.push(NewAction { details, ..plain });
    }
    note(db, &written).await;

    let found = noted(db, ANY).await;
    assert_eq!(found.len(), written.len());
    for (found, written) in found.iter().rev().zip(&written) {
        assert_eq!(*found, Action::noted(found.id, written));
    }
}

/// Others see neither the note nor what it is about before the unit commits, and then both.
pub async fn a_note_is_there_with_what_its_unit_writes(db: &Database) {
    let key = key(1, db.member(1).await);
    let opens = async || {
        let caller = db.gate.caller(&key.hash, make::time(1)).await;
        caller.expect("the gate answers").is_some()
    };
    let mut unit = db.begin().await;
    unit.access().insert_key(&key).await.expect("a key is added");
    let made = action(&by(1, Pass::Program), ActionKind::KeyCreated, 1);
    unit.actions().note(&made).await.expect("it is noted");
    assert!(noted(db, ANY).await.is_empty() && !opens().await);
    unit.commit().await.expect("the unit commits");
    assert!(noted(db, ANY).await.len() == 1 && opens().await);
}

/// Where a unit comes to nothing, nothing was done and nothing is noted.
pub async fn a_note_goes_with_what_its_unit_wrote(db: &Database) {
    let key = key(1, db.member(1).await);
    let mut unit = db.begin().await;
    unit.access().insert_key(&key).await.expect("a key is added");
    let made = action(&by(1, Pass::Program), ActionKind::KeyCreated, 1);
    unit.actions().note(&made).await.expect("it is noted");
    drop(unit);
    assert_eq!(noted(db, ANY).await, []);
    let caller = db.gate.caller(&key.hash, make::time(1)).await.expect("the gate answers");
    assert_eq!(caller, None);
}

/// A page is as long as was asked and begins behind the note that it names.
pub async fn notes_are_turned_over_newest_first(db: &Database) {
    let admin = by(1, Pass::Program);
    for n in 1..=5 {
        note(db, &[action(&admin, ActionKind::CampaignOpened, n)]).await;
    }
    let (mut turned, mut after) = (Vec::new(), None);
    loop {
        let page = db.oversight.actions(ANY, Page { limit: 2, after }).await;
        let page = page.expect("the database answers");
        assert!(page.len() <= 2 && turned.len() + page.len() <= 5, "the list has an end");
        let Some(last) = page.last() else { break };
        after = Some(last.id.to_bits());
        turned.extend(page);
    }
    assert_eq!(numbers(&turned), ["5", "4", "3", "2", "1"]);
    assert!(turned.windows(2).all(|pair| pair[0].id > pair[1].id));
}

/// Notes of an admin, of a kind, or both, page by page.
pub async fn notes_are_found_by_who_and_by_what(db: &Database) {
    let (one, two) = (by(1, Pass::Program), by(2, Pass::Program));
    let (given, sold) = (ActionKind::PointsGranted, ActionKind::PackOpened);
    note(db, &[action(&one, given, 1), action(&two, given, 2), action(&one, sold, 3)]).await;
    note(db, &[action(&two, sold, 4), action(&one, given, 5)]).await;
    for (actor, kind, expected) in [
        (Some(&one), None, &["5", "3", "1"][..]),
        (Some(&two), None, &["4", "2"]),
        (None, Some(given), &["5", "2", "1"]),
        (Some(&one), Some(given), &["5", "1"]),
        (Some(&one), Some(ActionKind::JobReplayed), &[]),
    ] {
        let of = ActionFilter { actor: actor.map(|by| by.member), kind };
        let found = noted(db, of).await;
        assert_eq!(numbers(&found), expected, "{of:?}");
        let Some(first) = found.first() else { continue };
        let page = Page { limit: 1, after: Some(first.id.to_bits()) };
        let next = db.oversight.actions(of, page).await.expect("the database answers");
        assert_eq!(numbers(&next), expected[1..2], "{of:?}");
    }
}

fn bonus(amount: i64) -> Credit {
    Credit { kind: LotKind::Bonus, amount, lifetime: Some(TimeDelta::days(1)), source: None }
}

/// What the books do not allow, and what changes nothing, leaves no note.
pub async fn what_is_refused_is_not_noted(db: &Database) {
    let (admin, member, books) = (db.member(1).await, db.member(2).await, Books::of(db));
    let accumulate = Accumulate::new(&books.ports);
    assert!(accumulate.run(admin, member, bonus(0), None).await.is_err());
    let now = books.ports.settings.newest().await.expect("the settings are read");
    let (key, change) = (SettingKey::MaxBalance, ChangeSetting::new(&books.ports));
    for value in [now.value(key), -1] {
        let order = SettingOrder { key, value, seen: None };
        assert_eq!(change.run(admin, order, None).await.is_ok(), value > 0);
    }
    assert_eq!(noted(db, ANY).await, []);
}

/// A request that comes again under its name is carried out once and noted once.
pub async fn what_is_asked_for_again_is_noted_once(db: &Database) {
    let (admin, member, books) = (db.member(1).await, db.member(2).await, Books::of(db));
    let answer = |lot: &Lot| Answer { status: 201, location: None, body: lot.id.to_string() };
    let key = IdempotencyKey::parse("k1").expect("a plain key is taken");
    let by = By { request: Some("req_1".to_owned()), ..admin.into() };
    let accumulate = Accumulate::new(&books.ports);
    let give = async || {
        let (key, fingerprint) = (key.clone(), Fingerprint([1; 32]));
        let receipt = Receipt { key, fingerprint, answer: &answer };
        accumulate.run(by.clone(), member, bonus(100), Some(receipt)).await
    };
    let lot = give().await.expect("it is allowed");
    assert!(give().await.is_err(), "it is not carried out again");
    let found = noted(db, ANY).await;
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&only.by, only.kind.as_str()), (&by, "points.granted"));
    assert_eq!(only.target, lot.id.to_string());
    assert_eq!(only.details["amount"], Datum::Number(100));
}

/// What takes a unit for each member is noted in each, where an admin orders it and something is done.
pub async fn what_many_units_do_is_noted_in_each(db: &Database) {
    let (admin, books) = (By::from(db.member(1).await), Books::of(db));
    let members = [db.member(2).await, db.member(3).await];
    for member in members {
        let given = Accumulate::new(&books.ports).run(member, member, bonus(100), None).await;
        given.expect("it is allowed");
    }
    books.pass(TimeDelta::days(2));
    let (expire, reconcile) = (ExpireLots::new(&books.ports), ReconcileAll::new(&books.ports));
    for lost in [200, 0] {
        assert_eq!(expire.run(Some(&admin)).await.expect("the store answers"), lost);
        reconcile.run(Some(&admin)).await.expect("the store answers");
    }
    let found = noted(db, ActionFilter { actor: Some(admin.member), kind: None }).await;
    let mut targets = numbers(&found);
    targets.sort_unstable();
    let mut expected = members.map(|member| member.to_string());
    expected.sort_unstable();
    assert_eq!(targets, expected);
    assert!(found.iter().all(|action| action.kind == "points.expired"));
}
