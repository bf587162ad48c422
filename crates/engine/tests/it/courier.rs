//! Webhooks as they are told, in virtual time.

mod cut;
mod dies;

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use castad_contract::airtight;
use castad_domain::{
    model::{
        Datum, EventFilter, EventKind, EventSeq, MemberId, NewEvent, WAITS, Webhook, WebhookChange,
        WebhookFault, WebhookId, WebhookNote, WebhookSecret, WebhookState, WebhookTerms,
        WebhookUrl,
    },
    port::{Clock, EventLog, Page, Ports, Store, WebhookAnswer, WebhookReader},
    usecase::{ChangeWebhook, RegisterWebhook, ReplayWebhook, RotateSecret, Telling},
};
use castad_engine::Courier;
use castad_memory::Memory;
use chrono::TimeDelta;
use tokio::task::{JoinHandle, yield_now};
use tokio_util::sync::CancellationToken;

const SHOP: &str = "https://shop.example/castad";
const OTHER: &str = "https://other.example/castad";

fn telling() -> Telling {
    Arc::new(|event| Bytes::from(event.seq.to_string()))
}

/// A member whose events are told.
struct Post {
    memory: Memory,
    ports: Ports,
    member: MemberId,
}

impl Post {
    async fn new() -> Self {
        let memory = Memory::new();
        let (ports, member) = (memory.ports(), memory.member("owner").await.unwrap());
        Self { memory, ports, member }
    }

    async fn register_of(&self, member: MemberId, url: &str, events: &[&str]) -> WebhookId {
        let terms = WebhookTerms {
            url: WebhookUrl::parse(url).unwrap(),
            events: EventFilter::parse(events.iter().copied()).unwrap(),
            note: WebhookNote::parse("").unwrap(),
        };
        let secret = WebhookSecret::new([1; 32]);
        let made = RegisterWebhook::new(&self.ports).run(member, (&terms, &secret), None).await;
        made.unwrap().parts().id
    }

    async fn register(&self, url: &str) -> WebhookId {
        self.register_of(self.member, url, &[]).await
    }

    async fn append_of(&self, member: MemberId, kinds: &[EventKind]) {
        let (at, data) = (self.ports.clock.now(), BTreeMap::new());
        let event =
            |kind: &EventKind| NewEvent { kind: *kind, project: None, at, data: data.clone() };
        let events: Vec<_> = kinds.iter().map(event).collect();
        let mut unit = self.memory.store().begin().await.unwrap();
        unit.events().append(member, &events).await.unwrap();
        unit.commit().await.unwrap();
    }

    async fn append(&self, events: usize) {
        self.append_of(self.member, &vec![EventKind::ProjectUpdated; events]).await;
    }

    async fn webhook(&self, id: WebhookId) -> Webhook {
        let found = self.memory.store().webhook(self.member, id).await.unwrap();
        found.unwrap().webhook
    }

    /// The places in the log that were told there, in order, again or not.
    fn told(&self, url: &str) -> Vec<i64> {
        let calls = self.memory.receiver().calls();
        let such = calls.iter().filter(|call| call.url == url);
        such.map(|call| call.body.parse::<EventSeq>().unwrap().0).collect()
    }

    async fn disablings(&self) -> Vec<(String, String)> {
        let log = self.memory.store().events(self.member, None, EventSeq(0), 100).await.unwrap();
        let such = log.iter().filter(|event| event.kind == EventKind::WebhookDisabled);
        let text = |datum: &Datum| match datum {
            Datum::Text(text) => text.clone(),
            Datum::Number(_) | Datum::Flag(_) => String::new(),
        };
        such.map(|event| (text(&event.data["webhook_id"]), text(&event.data["reason"]))).collect()
    }
}

/// A courier that runs.
struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn over(ports: &Ports) -> Self {
        let (courier, stop) = (Courier::new(ports, telling()), CancellationToken::new());
        let told = stop.clone();
        Self { stop, task: tokio::spawn(async move { courier.run(told).await }) }
    }
}

/// Lets everything run that can.
async fn settle() {
    for _ in 0..400 {
        yield_now().await;
    }
}

/// Lets the time go on until then, from sleeper to sleeper.
async fn pass(post: &Post, by: TimeDelta) {
    let clock = post.memory.clock();
    let end = clock.now() + by;
    settle().await;
    while clock.next_sleeper().is_some_and(|at| at <= end) {
        let _ = clock.advance_to_next();
        settle().await;
    }
    clock.set(end);
    settle().await;
}

/// Sets the clock to when the webhook is tried again, so many times: nobody looks each second for days.
async fn until_due(post: &Post, id: WebhookId, times: usize) {
    for _ in 0..times {
        post.memory.clock().set(post.webhook(id).await.parts().due);
        settle().await;
    }
}

#[tokio::test]
async fn events_are_told_in_order_as_they_come_to_who_listens() {
    let post = Post::new().await;
    post.append(2).await;
    let id = post.register(SHOP).await;
    let courier = Running::over(&post.ports);
    settle().await;
    assert_eq!(post.told(SHOP), [], "what was before is not told");
    post.append(3).await;
    settle().await;
    assert_eq!(post.told(SHOP), [4, 5, 6], "nobody moved the clock");
    let other = post.memory.member("other").await.unwrap();
    post.append_of(other, &[EventKind::ProjectUpdated]).await;
    post.append(1).await;
    settle().await;
    assert_eq!(post.told(SHOP), [4, 5, 6, 7]);
    let ids = post.memory.receiver().ids(SHOP);
    assert_eq!(ids[0], format!("evt_000000000004_{id}"));
    assert_eq!(post.webhook(id).await.parts().told, EventSeq(7));
    courier.stop.cancel();
    settle().await;
    assert!(courier.task.is_finished());
}

#[tokio::test]
async fn what_others_appended_is_looked_for() {
    let post = Post::new().await;
    post.register(SHOP).await;
    let mut ports = post.ports.clone();
    ports.events = Arc::new(cut::Deaf(Arc::clone(&ports.events)));
    let _courier = Running::over(&ports);
    settle().await;
    post.append(1).await;
    settle().await;
    assert_eq!(post.told(SHOP), []);
    pass(&post, TimeDelta::seconds(1)).await;
    assert_eq!(post.told(SHOP), [2]);
}

#[tokio::test]
async fn a_failure_is_tried_again_by_the_schedule_and_holds_up_what_follows() {
    let post = Post::new().await;
    let id = post.register(SHOP).await;
    post.memory.receiver().status(SHOP, 500, 2);
    post.memory.receiver().status(SHOP, 301, 1);
    post.memory.receiver().answer(SHOP, Err(WebhookFault::Timeout), 1);
    let _courier = Running::over(&post.ports);
    post.append(2).await;
    settle().await;
    assert_eq!(post.webhook(id).await.parts().state, WebhookState::Retrying { attempts: 1 });
    until_due(&post, id, 4).await;
    assert_eq!(post.told(SHOP), [2, 2, 2, 2, 2, 3]);
    let times: Vec<_> = post.memory.receiver().calls().iter().map(|call| call.at).collect();
    for (place, planned) in WAITS.iter().take(4).enumerate() {
        let waited = times[place + 1] - times[place];
        assert!(waited >= *planned && waited <= *planned * 11 / 10, "{waited} of {planned}");
    }
    let ids = post.memory.receiver().ids(SHOP);
    assert!(ids[..5].iter().all(|id| *id == ids[0]), "a try has the id of the one before");
    let page = Page { limit: 10, after: None };
    let log = post.memory.store().deliveries(id, page).await.unwrap();
    let log: Vec<_> = log.iter().rev().map(|line| (line.attempt, line.outcome.name())).collect();
    let broken = [(1, "broken"), (2, "broken"), (3, "redirected"), (4, "timeout")];
    assert_eq!(log[..4], broken);
    assert_eq!(log[4..], [(5, "delivered"), (1, "delivered")]);
}

#[tokio::test]
async fn after_three_days_of_failures_a_webhook_is_disabled_and_its_owner_told() {
    let post = Post::new().await;
    let (id, healthy) = (post.register(SHOP).await, post.register(OTHER).await);
    post.memory.receiver().always(SHOP, Err(WebhookFault::Connect));
    let _courier = Running::over(&post.ports);
    post.append(1).await;
    settle().await;
    until_due(&post, id, 20).await;
    assert_eq!(post.told(SHOP), [2; 10]);
    let calls = post.memory.receiver().calls();
    let of_shop: Vec<_> = calls.iter().filter(|call| call.url == SHOP).collect();
    let span = of_shop[9].at - of_shop[0].at;
    assert!(span > TimeDelta::days(3) && span < TimeDelta::days(4), "{span}");
    assert_eq!(post.disablings().await, [(id.to_string(), "exhausted".to_owned())]);
    assert_eq!(post.told(OTHER), [3, 4], "and so are other webhooks");

    post.memory.receiver().always(SHOP, Ok(WebhookAnswer { status: 200, wait: None }));
    let on = WebhookChange { enabled: Some(true), ..WebhookChange::default() };
    ChangeWebhook::new(&post.ports).run((post.member, id), &on, None).await.unwrap();
    settle().await;
    assert_eq!(post.told(SHOP)[10..], [2, 3, 4, 5], "it goes on behind the last told");
    assert_eq!(post.webhook(healthy).await.parts().told, EventSeq(5));
}

#[tokio::test]
async fn who_is_gone_is_not_called_again() {
    let post = Post::new().await;
    let id = post.register(SHOP).await;
    post.memory.receiver().status(SHOP, 410, 1);
    let _courier = Running::over(&post.ports);
    post.append(3).await;
    pass(&post, TimeDelta::seconds(10)).await;
    assert_eq!(post.told(SHOP), [2]);
    assert_eq!(post.disablings().await, [(id.to_string(), "gone".to_owned())]);
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    let post = Post::new().await;
    post.register(SHOP).await;
    let busy = WebhookAnswer { status: 429, wait: Some(TimeDelta::seconds(90)) };
    post.memory.receiver().answer(SHOP, Ok(busy), 1);
    let _courier = Running::over(&post.ports);
    post.append(1).await;
    pass(&post, TimeDelta::seconds(89)).await;
    assert_eq!(post.told(SHOP), [2]);
    pass(&post, TimeDelta::seconds(1)).await;
    assert_eq!(post.told(SHOP), [2, 2]);
}

#[tokio::test]
async fn events_that_are_not_asked_for_are_passed_over_without_a_call() {
    use EventKind::{ProjectFinished, SongReady, VideoReady};
    let post = Post::new().await;
    let chosen = ["project.finished", "video.*"];
    let id = post.register_of(post.member, SHOP, &chosen).await;
    let courier = Courier::new(&post.ports, telling());
    post.append_of(post.member, &vec![SongReady; 250]).await;
    assert!(courier.run_one().await.unwrap());
    assert_eq!(post.webhook(id).await.parts().told, EventSeq(251));
    assert!(!courier.run_one().await.unwrap());
    let kinds = [SongReady, VideoReady, SongReady, ProjectFinished, SongReady];
    post.append_of(post.member, &kinds).await;
    assert!(courier.run_one().await.unwrap());
    assert_eq!(post.told(SHOP), [253, 255]);
    assert_eq!(post.webhook(id).await.parts().told, EventSeq(256));
    assert!(!courier.run_one().await.unwrap());
}

#[tokio::test]
async fn a_thousand_events_are_told_in_one_turn() {
    let post = Post::new().await;
    post.register(SHOP).await;
    post.append(1_000).await;
    // No transaction is open while anybody is called.
    let courier = Courier::new(&airtight(post.ports.clone()), telling());
    assert!(courier.run_one().await.unwrap());
    assert_eq!(post.told(SHOP), (2..=1_001).collect::<Vec<_>>());
    assert!(!courier.run_one().await.unwrap());
}

#[tokio::test]
async fn who_answers_slowly_holds_up_nobody_else_and_has_turns() {
    let post = Post::new().await;
    let (slow, _quick) = (post.register(SHOP).await, post.register(OTHER).await);
    post.memory.receiver().takes(SHOP, TimeDelta::seconds(14));
    let _courier = Running::over(&post.ports);
    post.append(3).await;
    settle().await;
    assert_eq!(post.told(OTHER), [3, 4, 5], "at once");
    assert_eq!(post.told(SHOP), [2], "one at a time: its own start is told it too");
    pass(&post, TimeDelta::seconds(60)).await;
    assert_eq!(post.told(SHOP), [2, 3, 4, 5]);
    assert_eq!(post.webhook(slow).await.parts().told, EventSeq(5));
}

#[tokio::test]
async fn no_more_are_told_at_once_than_there_are_places() {
    let post = Post::new().await;
    for n in 0..20 {
        let url = format!("https://shop{n}.example/");
        post.memory.receiver().takes(&url, TimeDelta::seconds(10));
        post.register(&url).await;
    }
    let _courier = Running::over(&post.ports);
    let member = post.member;
    post.append_of(member, &[EventKind::ProjectCreated]).await;
    settle().await;
    assert_eq!(post.memory.receiver().most_open(), Courier::PLACES);
    pass(&post, TimeDelta::minutes(8)).await;
    assert_eq!(post.memory.receiver().most_open(), Courier::PLACES);
    for n in 0..20 {
        let told = post.told(&format!("https://shop{n}.example/"));
        assert_eq!(told, (n + 2..=21).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn two_couriers_tell_each_webhook_everything_once_and_in_order() {
    let post = Post::new().await;
    let urls: Vec<_> = (0..6).map(|n| format!("https://shop{n}.example/")).collect();
    for (n, url) in (1..).zip(&urls) {
        post.memory.receiver().takes(url, TimeDelta::seconds(n));
        post.register_of(post.member, url, &["project.*"]).await;
    }
    let _couriers = [Running::over(&post.ports), Running::over(&post.ports)];
    for _ in 0..10 {
        post.append(2).await;
        pass(&post, TimeDelta::seconds(1)).await;
    }
    pass(&post, TimeDelta::minutes(5)).await;
    for url in &urls {
        assert_eq!(post.told(url), (7..=26).collect::<Vec<_>>(), "{url}");
    }
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_sign() {
    let post = Post::new().await;
    let id = post.register(SHOP).await;
    let secret = WebhookSecret::new([2; 32]);
    RotateSecret::new(&post.ports).run((post.member, id), &secret, None).await.unwrap();
    let courier = Courier::new(&post.ports, telling());
    courier.run_one().await.unwrap();
    post.memory.clock().advance(TimeDelta::hours(25));
    post.append(1).await;
    courier.run_one().await.unwrap();
    let calls = post.memory.receiver().calls();
    let signed: Vec<Vec<u8>> = calls
        .iter()
        .map(|call| call.secrets.iter().map(|secret| secret.reveal()[0]).collect())
        .collect();
    assert_eq!(signed, [vec![2, 1], vec![2]]);
}

#[tokio::test]
async fn what_an_owner_says_while_a_call_is_under_way_stands() {
    let post = Post::new().await;
    let id = post.register(SHOP).await;
    post.append(2).await;
    let courier = Running::over(&post.ports);
    settle().await;
    assert_eq!(post.told(SHOP), [2, 3]);
    post.memory.receiver().takes(SHOP, TimeDelta::seconds(5));
    post.append(1).await;
    settle().await;
    let replay = ReplayWebhook::new(&post.ports);
    replay.run((post.member, id), EventSeq(1), None).await.unwrap();
    settle().await;
    pass(&post, TimeDelta::seconds(4)).await;
    assert_eq!(post.told(SHOP), [2, 3, 4], "one call at a time");
    pass(&post, TimeDelta::minutes(1)).await;
    assert_eq!(post.told(SHOP), [2, 3, 4, 2, 3, 4, 5], "the last is that it was set back");
    courier.stop.cancel();
}

#[tokio::test]
async fn who_was_overruled_lets_go_as_soon_as_the_call_has_ended() {
    let post = Post::new().await;
    let id = post.register(SHOP).await;
    post.memory.receiver().takes(SHOP, TimeDelta::seconds(5));
    let _courier = Running::over(&post.ports);
    post.append(2).await;
    pass(&post, TimeDelta::seconds(5)).await;
    assert_eq!(post.told(SHOP), [2, 3]);
    let replay = ReplayWebhook::new(&post.ports);
    replay.run((post.member, id), EventSeq(1), None).await.unwrap();
    pass(&post, TimeDelta::seconds(5)).await;
    assert_eq!(post.told(SHOP), [2, 3, 2], "nobody waits for the lease to end");
}

#[tokio::test]
async fn who_is_told_to_stop_ends_what_is_under_way_and_leaves_the_rest() {
    let post = Post::new().await;
    let id = post.register(SHOP).await;
    post.memory.receiver().takes(SHOP, TimeDelta::seconds(5));
    let courier = Running::over(&post.ports);
    post.append(3).await;
    settle().await;
    courier.stop.cancel();
    settle().await;
    assert!(!courier.task.is_finished());
    pass(&post, TimeDelta::seconds(5)).await;
    assert!(courier.task.is_finished());
    assert_eq!(post.webhook(id).await.parts().told, EventSeq(2));
    assert_eq!(post.webhook(id).await.parts().lease_until, None);
    let _next = Running::over(&post.ports);
    pass(&post, TimeDelta::seconds(30)).await;
    assert_eq!(post.told(SHOP), [2, 3, 4]);
}
