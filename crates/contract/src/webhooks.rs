//! [`WebhookBook`](castad_domain::port::WebhookBook), [`WebhookReader`](castad_domain::port::WebhookReader)
//! and [`WebhookQueue`](castad_domain::port::WebhookQueue): where a member's events are delivered.

use std::collections::BTreeMap;

use castad_domain::{
    model::{
        DeliveryId, EventFilter, EventKind, EventSeq, MemberId, NewEvent, Webhook, WebhookChange,
        WebhookDelivery, WebhookFault, WebhookId, WebhookNote, WebhookOutcome, WebhookSecret,
        WebhookState, WebhookTerms, WebhookUrl,
    },
    port::{Page, StoreError, StoreErrorKind},
    usecase::{BooksError, RegisterWebhook, WebhookRefusal},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;

use crate::{Database, database::kind, make, mingled, race::studio, untold::append};

/// `webhooks_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! webhooks_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { webhooks {
            a_webhook_reads_back_as_it_was_written
            a_webhook_of_somebody_else_is_not_there
            a_stale_write_of_a_webhook_is_refused
            a_webhook_that_was_removed_is_gone
            webhooks_are_turned_over_newest_first
            what_is_appended_makes_a_webhook_due
            what_is_not_committed_is_not_heard
            a_member_without_webhooks_is_not_heard
            with_the_last_webhook_a_member_is_heard_no_more
            what_comes_while_a_courier_is_at_it_is_not_left_out
            a_webhook_is_in_one_couriers_hands
            a_courier_that_lost_its_claim_writes_nothing
            racing_couriers_have_a_webhook_each
            what_is_disabled_or_waits_is_not_due
            who_has_waited_longest_comes_first
            a_lease_is_ended_by_who_has_it
            deliveries_are_turned_over_newest_first
            old_deliveries_are_forgotten
            many_who_register_at_once_stay_within_the_limit
        } $($fresh)+ }
    };
}

fn terms(url: &str) -> WebhookTerms {
    WebhookTerms {
        url: WebhookUrl::parse(url).expect("an address"),
        events: EventFilter::all(),
        note: WebhookNote::parse("").expect("no note"),
    }
}

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::new([byte; 32])
}

fn id(n: u64) -> WebhookId {
    WebhookId::from_bits(make::bits(n))
}

/// Adds a webhook that is told what comes from now on.
async fn add(db: &Database, n: u64, member: MemberId) -> Webhook {
    let mut unit = db.begin().await;
    let told = unit.webhooks().listen(member).await.expect("the log answers");
    let terms = terms("https://shop.example/castad");
    let webhook = Webhook::new((id(n), member), terms, secret(1), told, make::time(0));
    unit.webhooks().insert(&webhook).await.expect("a webhook is added");
    unit.commit().await.expect("the unit commits");
    webhook
}

async fn try_update(db: &Database, webhook: &Webhook) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.webhooks().update(webhook).await?;
    unit.commit().await
}

async fn update(db: &Database, webhook: &Webhook) -> Webhook {
    try_update(db, webhook).await.expect("the webhook is written");
    webhook.clone().written()
}

async fn remove(db: &Database, webhook: &Webhook) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.webhooks().remove(webhook).await?;
    unit.commit().await
}

async fn find(db: &Database, of: MemberId, id: WebhookId) -> Option<Webhook> {
    let found = db.webhooks.webhook(of, id).await.expect("the store answers");
    found.map(|view| view.webhook)
}

async fn hear(db: &Database) -> u64 {
    db.couriers.hear(100).await.expect("the log answers")
}

async fn next(db: &Database) -> Option<DateTime<Utc>> {
    db.couriers.next_webhook().await.expect("the queue answers")
}

async fn claim(db: &Database, now: i64) -> Option<Webhook> {
    let (now, until) = (make::time(now), make::time(now + 60));
    db.couriers.claim_webhook(now, until).await.expect("the queue answers")
}

/// A webhook with an event that it was not told.
async fn due(db: &Database, n: u64) -> Webhook {
    let member = db.member(n).await;
    let webhook = add(db, n, member).await;
    append(db, member, 1).await;
    hear(db).await;
    webhook
}

/// In every state, with all that its owner says of it, and its secrets.
pub async fn a_webhook_reads_back_as_it_was_written(db: &Database) {
    let member = db.member(1).await;
    append(db, member, 2).await;
    let fresh = add(db, 1, member).await;
    assert_eq!(fresh.parts().told, EventSeq(2), "it begins where the log ends");
    assert!(find(db, member, id(1)).await == Some(fresh.clone()));
    let change = WebhookChange {
        url: WebhookUrl::parse("https://other.example/a?b=c").ok(),
        events: EventFilter::parse(["project.finished", "video.*"]).ok(),
        note: WebhookNote::parse("가게 화면").ok(),
        enabled: None,
    };
    let changed = fresh.changed(&change, make::time(3)).rotated(secret(2), make::time(4));
    let mut webhook = update(db, &changed.claimed(make::time(9))).await;
    assert!(find(db, member, id(1)).await == Some(webhook.clone()));
    let failed = webhook.failed(make::time(5), None, 7).expect("it may fail");
    webhook = update(db, &failed.released(make::time(6))).await;
    assert!(find(db, member, id(1)).await == Some(webhook.clone()));
    assert_eq!(webhook.parts().state, WebhookState::Retrying { attempts: 1 });
    webhook = update(db, &webhook.gone(make::time(7)).expect("it may go")).await;
    let mut unit = db.begin().await;
    let held = unit.webhooks().hold(member, id(1)).await.expect("the store answers");
    assert!(held == Some(webhook));
    let view = db.webhooks.webhook(member, id(1)).await.expect("the store answers");
    assert_eq!(view.expect("it is there").last, EventSeq(2));
}

/// Neither to read nor to change.
pub async fn a_webhook_of_somebody_else_is_not_there(db: &Database) {
    let (one, other) = (db.member(1).await, db.member(2).await);
    add(db, 1, one).await;
    assert!(find(db, one, id(1)).await.is_some());
    assert!(find(db, other, id(1)).await.is_none());
    let mut unit = db.begin().await;
    let held = unit.webhooks().hold(other, id(1)).await.expect("the store answers");
    assert!(held.is_none());
    assert_eq!(unit.webhooks().count(other).await.expect("the store answers"), 0);
    let page = Page { limit: 10, after: None };
    drop(unit);
    assert!(db.webhooks.webhooks(other, page).await.expect("the store answers").is_empty());
}

/// Of two who read the same one writes.
pub async fn a_stale_write_of_a_webhook_is_refused(db: &Database) {
    let member = db.member(1).await;
    let read = add(db, 1, member).await;
    let kept = update(db, &read.rotated(secret(2), make::time(1))).await;
    let late = try_update(db, &read.rotated(secret(3), make::time(1))).await;
    assert_eq!(kind(late), Some(StoreErrorKind::Conflict));
    assert!(find(db, member, id(1)).await == Some(kept));
}

/// Once, and by who read it last.
pub async fn a_webhook_that_was_removed_is_gone(db: &Database) {
    let member = db.member(1).await;
    let read = add(db, 1, member).await;
    let kept = update(db, &read.rotated(secret(2), make::time(1))).await;
    assert_eq!(kind(remove(db, &read).await), Some(StoreErrorKind::Conflict));
    remove(db, &kept).await.expect("it is removed");
    assert!(find(db, member, id(1)).await.is_none());
    assert_eq!(kind(remove(db, &kept).await), Some(StoreErrorKind::Conflict));
    assert_eq!(kind(try_update(db, &kept).await), Some(StoreErrorKind::Conflict));
}

/// A page begins behind the webhook that `after` names.
pub async fn webhooks_are_turned_over_newest_first(db: &Database) {
    let member = db.member(1).await;
    for n in 1..=5 {
        add(db, n, member).await;
    }
    let page = async |after: Option<WebhookId>| {
        let page = Page { limit: 2, after: after.map(WebhookId::to_bits) };
        let found = db.webhooks.webhooks(member, page).await.expect("the store answers");
        found.iter().map(|view| view.webhook.parts().id).collect::<Vec<_>>()
    };
    assert_eq!(page(None).await, [id(5), id(4)]);
    assert_eq!(page(Some(id(4))).await, [id(3), id(2)]);
    assert_eq!(page(Some(id(2))).await, [id(1)]);
    let mut unit = db.begin().await;
    assert_eq!(unit.webhooks().count(member).await.expect("the store answers"), 5);
}

/// All of the member's, once; one that was told everything waits for nothing.
pub async fn what_is_appended_makes_a_webhook_due(db: &Database) {
    let member = db.member(1).await;
    let webhook = add(db, 1, member).await;
    assert_eq!((hear(db).await, next(db).await), (0, None));
    append(db, member, 3).await;
    assert_eq!((hear(db).await, hear(db).await), (1, 0));
    assert_eq!(next(db).await, Some(make::time(0)));
    let claimed = claim(db, 1).await.expect("it is due");
    assert_eq!(claimed.parts().id, webhook.parts().id);
    let told = claimed.delivered(EventSeq(3)).expect("it may be told").released(make::time(2));
    update(db, &told).await;
    assert_eq!(next(db).await, None);
    assert!(claim(db, 9).await.is_none());
}

/// Nobody hears of what may yet be undone.
pub async fn what_is_not_committed_is_not_heard(db: &Database) {
    let member = db.member(1).await;
    add(db, 1, member).await;
    let mut unit = db.begin().await;
    let event = NewEvent {
        kind: EventKind::ProjectCreated,
        project: None,
        at: make::time(1),
        data: BTreeMap::new(),
    };
    unit.events().append(member, &[event]).await.expect("events are appended");
    assert_eq!((hear(db).await, next(db).await), (0, None));
    drop(unit);
    assert_eq!((hear(db).await, next(db).await), (0, None));
}

/// Nothing is looked after that nobody listens to.
pub async fn a_member_without_webhooks_is_not_heard(db: &Database) {
    let (listens, deaf) = (db.member(1).await, db.member(2).await);
    add(db, 1, listens).await;
    append(db, deaf, 3).await;
    assert_eq!(hear(db).await, 0);
    append(db, listens, 1).await;
    assert_eq!(hear(db).await, 1);
}

/// And again with the next one.
pub async fn with_the_last_webhook_a_member_is_heard_no_more(db: &Database) {
    let member = db.member(1).await;
    let (one, other) = (add(db, 1, member).await, add(db, 2, member).await);
    remove(db, &one).await.expect("it is removed");
    append(db, member, 1).await;
    assert_eq!(hear(db).await, 1, "there is another");
    remove(db, &other).await.expect("it is removed");
    append(db, member, 1).await;
    assert_eq!(hear(db).await, 0);
    add(db, 3, member).await;
    assert_eq!((hear(db).await, next(db).await), (0, None), "it is told what is to come");
    append(db, member, 1).await;
    assert_eq!(hear(db).await, 1);
    assert!(next(db).await.is_some());
}

/// Who was told all that there was a moment ago is not idle.
pub async fn what_comes_while_a_courier_is_at_it_is_not_left_out(db: &Database) {
    due(db, 1).await;
    let member = make::member(1).id;
    let claimed = claim(db, 1).await.expect("it is due");
    append(db, member, 1).await;
    assert_eq!(hear(db).await, 1);
    let told = claimed.delivered(EventSeq(1)).expect("it may be told").released(make::time(2));
    update(db, &told).await;
    assert_eq!(next(db).await, Some(make::time(2)));
    let claimed = claim(db, 2).await.expect("there is more");
    assert_eq!(claimed.parts().told, EventSeq(1));
}

/// Until the lease ends.
pub async fn a_webhook_is_in_one_couriers_hands(db: &Database) {
    due(db, 1).await;
    let claimed = claim(db, 1).await.expect("it is due");
    assert_eq!(claimed.parts().lease_until, Some(make::time(61)));
    assert!(claim(db, 60).await.is_none());
    assert_eq!(next(db).await, Some(make::time(61)));
    let again = claim(db, 61).await.expect("the lease has ended");
    assert!(again.parts().version > claimed.parts().version);
}

/// Be it that another has it, or that its owner changed it.
pub async fn a_courier_that_lost_its_claim_writes_nothing(db: &Database) {
    due(db, 1).await;
    let late = claim(db, 1).await.expect("it is due");
    let claimed = claim(db, 61).await.expect("the lease has ended");
    let told = late.delivered(EventSeq(1)).expect("it may be told");
    assert_eq!(kind(try_update(db, &told).await), Some(StoreErrorKind::Conflict));

    let back = claimed.replayed(EventSeq(0), make::time(62)).expect("it was told");
    update(db, &back).await;
    let told = claimed.delivered(EventSeq(1)).expect("it may be told");
    assert_eq!(kind(try_update(db, &told).await), Some(StoreErrorKind::Conflict));
    let kept = find(db, make::member(1).id, id(1)).await.expect("it is there");
    assert_eq!(kept.parts().told, EventSeq(0));
}

/// Nobody has another's, and none is left.
pub async fn racing_couriers_have_a_webhook_each(db: &Database) {
    for n in 1..=6 {
        due(db, n).await;
    }
    let mut claimed: Vec<_> = Vec::new();
    // Who was beaten to all that it saw looks again.
    for _ in 0..6 {
        let found = join_all((0..4).map(|_| claim(db, 1))).await;
        claimed.extend(found.into_iter().flatten().map(|webhook| webhook.parts().id));
    }
    claimed.sort_unstable();
    assert_eq!(claimed, (1..=6).map(id).collect::<Vec<_>>());
}

/// The first until it is switched on, the second until its time has come.
pub async fn what_is_disabled_or_waits_is_not_due(db: &Database) {
    let fresh = due(db, 1).await;
    let off = update(db, &fresh.gone(make::time(1)).expect("it may go")).await;
    assert_eq!(next(db).await, None);
    assert!(claim(db, 9).await.is_none());
    let on = WebhookChange { enabled: Some(true), ..WebhookChange::default() };
    let on = update(db, &off.changed(&on, make::time(10))).await;
    assert_eq!(next(db).await, Some(make::time(10)));
    let waiting = on.failed(make::time(10), Some(TimeDelta::seconds(100)), 0);
    update(db, &waiting.expect("it may fail")).await;
    assert_eq!(next(db).await, Some(make::time(10) + TimeDelta::seconds(100)));
    assert!(claim(db, 109).await.is_none());
    assert!(claim(db, 111).await.is_some());
}

/// Who had its turn stands behind the others.
pub async fn who_has_waited_longest_comes_first(db: &Database) {
    for (n, since) in [(1, 30), (2, 10), (3, 20)] {
        let webhook = due(db, n).await;
        update(db, &webhook.released(make::time(since))).await;
    }
    for (now, n) in [(30, 2), (31, 3), (32, 1)] {
        let claimed = claim(db, now).await.expect("it is due");
        assert_eq!(claimed.parts().id, id(n));
    }
}

/// Also if somebody wrote meanwhile; the lease of another stays.
pub async fn a_lease_is_ended_by_who_has_it(db: &Database) {
    due(db, 1).await;
    let late = claim(db, 1).await.expect("it is due");
    let claimed = claim(db, 61).await.expect("the lease has ended");
    db.couriers.let_go(&late).await.expect("the queue answers");
    assert!(claim(db, 62).await.is_none(), "another has it");
    update(db, &claimed.rotated(secret(2), make::time(63))).await;
    db.couriers.let_go(&claimed).await.expect("the queue answers");
    assert!(claim(db, 64).await.is_some());
}

fn delivery(n: u64, webhook: u64, outcome: WebhookOutcome) -> WebhookDelivery {
    WebhookDelivery {
        id: DeliveryId::from_bits(make::bits(n)),
        webhook: id(webhook),
        event: EventSeq(7),
        attempt: 3,
        at: make::time(i64::try_from(n).expect("a small number")),
        outcome,
        duration: TimeDelta::milliseconds(250),
    }
}

async fn note(db: &Database, deliveries: &[WebhookDelivery]) {
    let mut unit = db.begin().await;
    for delivery in deliveries {
        unit.webhooks().note(delivery).await.expect("a line is added");
    }
    unit.commit().await.expect("the unit commits");
}

async fn deliveries(
    db: &Database,
    of: u64,
    limit: u32,
    after: Option<u64>,
) -> Vec<WebhookDelivery> {
    let page = Page { limit, after: after.map(make::bits) };
    db.webhooks.deliveries(id(of), page).await.expect("the store answers")
}

/// As they were written, and of one webhook.
pub async fn deliveries_are_turned_over_newest_first(db: &Database) {
    let answered = |n, status| delivery(n, 1, WebhookOutcome::Answered(status));
    let failed = delivery(2, 1, WebhookOutcome::Failed(WebhookFault::Timeout));
    let other = delivery(9, 2, WebhookOutcome::Answered(200));
    note(db, &[answered(1, 500), failed.clone(), answered(3, 200), other.clone()]).await;
    assert_eq!(deliveries(db, 1, 2, None).await, [answered(3, 200), failed]);
    assert_eq!(deliveries(db, 1, 2, Some(2)).await, [answered(1, 500)]);
    assert_eq!(deliveries(db, 2, 2, None).await, [other]);
}

/// The oldest first, so many at once.
pub async fn old_deliveries_are_forgotten(db: &Database) {
    let lines: Vec<_> = (1..=5).map(|n| delivery(n, 1, WebhookOutcome::Answered(200))).collect();
    note(db, &lines).await;
    let forget = async |before, limit| {
        let mut unit = db.begin().await;
        let forgotten = unit.webhooks().forget_deliveries(make::time(before), limit).await;
        unit.commit().await.expect("the unit commits");
        forgotten.expect("the store answers")
    };
    assert_eq!(forget(4, 2).await, 2);
    assert_eq!(deliveries(db, 1, 10, None).await.len(), 3);
    assert_eq!(forget(4, 2).await, 1);
    assert_eq!(forget(4, 2).await, 0);
    assert_eq!(deliveries(db, 1, 10, None).await, [lines[4].clone(), lines[3].clone()]);
}

/// The last place is taken once.
pub async fn many_who_register_at_once_stay_within_the_limit(db: &Database) {
    let (_memory, mut ports) = studio(db);
    ports.store = mingled(db.store.clone());
    let member = db.member(1).await;
    let register = RegisterWebhook::new(&ports);
    let (terms, secret) = (terms("https://shop.example/castad"), secret(1));
    for _ in 1..Webhook::MOST {
        let made = register.run(member, (&terms, &secret), None).await;
        made.expect("there is room");
    }
    let racing = (0..4).map(|_| register.run(member, (&terms, &secret), None));
    let ends = join_all(racing).await;
    let made = ends.iter().filter(|end| end.is_ok()).count();
    let full =
        |end: &Result<_, _>| matches!(end, Err(BooksError::Refused(WebhookRefusal::TooMany)));
    assert_eq!((made, ends.iter().filter(|end| full(end)).count()), (1, 3));
}
