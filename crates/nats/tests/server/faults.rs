//! What becomes of events when NATS, or who takes them there, fails.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use castad_contract::{Proxy, WallClock, make, until};
use castad_domain::{
    model::{Event, EventKind, EventSeq, MemberId, NewEvent, ProjectId},
    port::{Announcement, Clock, EventStream, Store, StreamError, StreamErrorKind},
    usecase::{PublishEvents, Telling},
};
use castad_memory::Memory;
use castad_nats::{Nats, NatsEvents, Settings};
use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use tokio::task::JoinHandle;

use crate::{
    listener::Listener,
    start::{self, SOON, Server},
};

fn by_way_of(proxy: &Proxy) -> String {
    format!("nats://{}", proxy.address())
}

fn impatient() -> Settings {
    Settings { call: Duration::from_millis(500), ..start::settings() }
}

fn telling() -> Telling {
    Arc::new(|event: &Event| format!("{{\"id\":\"{}\"}}", event.seq).into())
}

/// Of another process: it has a lock and a connection of its own.
fn publisher(memory: &Memory, nats: &Nats) -> PublishEvents {
    let mut ports = memory.ports();
    ports.guarded = Memory::new().ports().guarded;
    PublishEvents::new(&ports, Arc::new(NatsEvents::new(nats)), telling())
}

/// Three events: of one project, of another, of none.
async fn append(memory: &Memory, member: MemberId) {
    let event = |project| NewEvent {
        kind: EventKind::ProjectUpdated,
        project,
        at: make::time(1),
        data: BTreeMap::new(),
    };
    let project = |n| Some(ProjectId::from_bits(make::bits(n)));
    let mut unit = memory.store().begin().await.unwrap();
    let told = [event(project(1)), event(project(2)), event(None)];
    unit.events().append(member, &told).await.unwrap();
    unit.commit().await.unwrap();
}

/// An event of no project.
fn told(member: MemberId, seq: i64, bytes: usize) -> Announcement {
    Announcement {
        member,
        project: None,
        seq: EventSeq(seq),
        kind: EventKind::ProjectCreated,
        body: vec![b' '; bytes].into(),
    }
}

/// What one who listens heard.
type Heard = Vec<Announcement>;

fn numbers(heard: &[Announcement]) -> Vec<i64> {
    heard.iter().map(|told| told.seq.0).collect()
}

/// A fleet of relays beside one server, that all are killed now and then.
struct Fleet {
    server: Server,
    proxy: Arc<Proxy>,
    clock: Arc<WallClock>,
    memory: Memory,
    settings: Settings,
    over: Arc<AtomicBool>,
}

impl Fleet {
    async fn new() -> Self {
        let (server, clock, memory) = (Server::start().await, WallClock::started(), Memory::new());
        let (proxy, settings) = (Proxy::to(server.address()).await, impatient());
        start::connected(&by_way_of(&proxy), &settings).await;
        Self { server, proxy, clock, memory, settings, over: Arc::default() }
    }

    async fn pass(&self, millis: i64) {
        self.clock.reach(self.clock.now() + TimeDelta::milliseconds(millis)).await;
    }

    async fn kill_the_server(&self) {
        self.server.kill();
        self.pass(300).await;
        self.server.start_again();
        self.proxy.lead_to(self.server.address());
        self.proxy.cut();
    }

    /// Publishes, one life after the other, and says how many it had.
    fn relay(&self, life: i64) -> JoinHandle<u32> {
        let (memory, settings) = (self.memory.clone(), self.settings.clone());
        let (url, clock, over) =
            (by_way_of(&self.proxy), Arc::clone(&self.clock), Arc::clone(&self.over));
        tokio::spawn(async move {
            let mut lives = 0;
            while !over.load(Ordering::SeqCst) {
                lives += 1;
                let nats = Nats::open(&url, settings.clone()).await.unwrap();
                let (relay, end) =
                    (publisher(&memory, &nats), clock.now() + TimeDelta::milliseconds(life));
                let work = async {
                    loop {
                        drop(relay.run().await);
                        clock.reach(clock.now() + TimeDelta::milliseconds(3)).await;
                    }
                };
                // Whoever is torn away leaves what is on its way on its way.
                tokio::select! {
                    () = work => {}
                    () = clock.reach(end) => {}
                }
            }
            lives
        })
    }

    fn listen(&self, member: MemberId, about: ProjectId, many: usize) -> JoinHandle<[Heard; 2]> {
        let (url, namespace) = (by_way_of(&self.proxy), self.settings.namespace.clone());
        tokio::spawn(async move {
            let all = Listener::new(&url, &namespace, member, None).await;
            let one = Listener::new(&url, &namespace, member, Some(about)).await;
            join(all.hear(many), one.hear(many / 3)).await.into()
        })
    }
}

/// Relays are torn away and the server is killed all the while, and who listens hears everything in
/// order, of a member and of a project of theirs.
pub(crate) async fn relays_and_the_server_are_killed_and_all_is_heard_in_order() {
    const ROUNDS: i64 = 12;
    let fleet = Fleet::new().await;
    let members = [fleet.memory.member("하나").await, fleet.memory.member("둘").await];
    let members = members.map(Result::unwrap);
    let (many, about) = (usize::try_from(3 * ROUNDS).unwrap(), ProjectId::from_bits(make::bits(2)));
    let listening = members.map(|member| fleet.listen(member, about, many));
    let relays = [110, 170, 260].map(|life| fleet.relay(life));
    for round in 1..=ROUNDS {
        for member in members {
            append(&fleet.memory, member).await;
        }
        if round % 5 == 2 {
            fleet.kill_the_server().await;
        }
        fleet.pass(150).await;
    }
    // One that lives for as long as it takes tells what those leave who are torn away.
    let nats = start::connected(&by_way_of(&fleet.proxy), &fleet.settings).await;
    let (last, outbox) = (publisher(&fleet.memory, &nats), fleet.memory.ports().outbox);
    until(&*fleet.clock, SOON, || async {
        drop(last.run().await);
        outbox.untold(None, 9).await.unwrap().is_empty()
    })
    .await;
    fleet.over.store(true, Ordering::SeqCst);
    let lives: u32 = join_all(relays).await.into_iter().map(Result::unwrap).sum();
    assert!(lives > 10, "relays were killed: {lives} lived");

    for (listening, member) in listening.into_iter().zip(members) {
        let heard = tokio::time::timeout(SOON.to_std().unwrap(), listening).await;
        let [all, one] = heard.unwrap().unwrap();
        assert_eq!(numbers(&all), (1..=3 * ROUNDS).collect::<Vec<_>>());
        assert_eq!(numbers(&one), (0..ROUNDS).map(|n| 3 * n + 2).collect::<Vec<_>>());
        assert!(all.iter().all(|told| told.body == format!("{{\"id\":\"{}\"}}", told.seq)));
        let url = by_way_of(&fleet.proxy);
        let listener = Listener::new(&url, &fleet.settings.namespace, member, None).await;
        assert_eq!(listener.there().await, many, "nothing is there twice");
    }
    fleet.server.remove();
}

/// On its way from one who was followed by another; the server has long forgotten the ids.
pub(crate) async fn a_message_that_was_held_up_comes_too_late() {
    const MANY: i64 = 3_000;
    let (url, clock) = (start::shared().await, WallClock::started());
    let settings = Settings { window: Duration::from_millis(100), ..impatient() };
    let proxy = Proxy::to(url.trim_start_matches("nats://").to_owned()).await;
    let slow = NatsEvents::new(&start::connected(&by_way_of(&proxy), &settings).await);
    let quick = NatsEvents::new(&start::connected(url, &settings).await);
    let member = MemberId::from_bits(make::bits(1));
    let run: Vec<_> = (1..=MANY).map(|seq| told(member, seq, 10)).collect();
    let listener = Listener::new(url, &settings.namespace, member, None).await;

    let (publishing, runs) = (slow.clone(), [run.clone()]);
    let publishing = tokio::spawn(async move { publishing.publish(&runs).await });
    until(&*clock, SOON, || async { listener.there().await > 0 }).await;
    proxy.hold_back(true);
    let end = publishing.await.unwrap().remove(0);
    assert!(end.fault.is_some() && end.taken < run.len(), "{} were taken", end.taken);
    assert_eq!(quick.publish(&[run]).await[0].taken, usize::try_from(MANY).unwrap());
    clock.reach(clock.now() + TimeDelta::milliseconds(600)).await;

    proxy.hold_back(false);
    until(&*clock, SOON, || async { slow.check().await.is_ok() }).await;
    assert_eq!(listener.there().await, usize::try_from(MANY).unwrap());
}

/// A message that was sent and not acknowledged may arrive later.
pub(crate) async fn an_answer_that_was_lost_is_no_second_event() {
    let (url, memory) = (start::shared().await, Memory::new());
    let settings = Settings { window: Duration::from_millis(100), ..impatient() };
    let proxy = Proxy::to(url.trim_start_matches("nats://").to_owned()).await;
    let nats = start::connected(&by_way_of(&proxy), &settings).await;
    let member = memory.member("하나").await.unwrap();
    append(&memory, member).await;
    let relay = publisher(&memory, &nats);
    proxy.lose_answers();
    relay.run().await.expect_err("no answer comes");
    proxy.cut();
    let clock = WallClock::started();
    until(&*clock, SOON, || async { relay.run().await.is_ok() }).await;
    let listener = Listener::new(url, &settings.namespace, member, None).await;
    assert_eq!(listener.there().await, 3);
    assert_eq!(numbers(&listener.hear(3).await), [1, 2, 3]);
}

/// The call ends at once, and everything goes out when the server is there.
pub(crate) async fn a_server_that_is_away_from_the_start_is_told_later() {
    let (url, memory) = (start::shared().await, Memory::new());
    let settings = impatient();
    let proxy = Proxy::to(url.trim_start_matches("nats://").to_owned()).await;
    proxy.refuse(true);
    let nats = Nats::open(&by_way_of(&proxy), settings.clone()).await.expect("nobody waits for it");
    let member = memory.member("하나").await.unwrap();
    append(&memory, member).await;
    let relay = publisher(&memory, &nats);
    relay.run().await.expect_err("nobody is there");
    let fault = NatsEvents::new(&nats).check().await.expect_err("nobody is there");
    assert_eq!(fault.kind(), StreamErrorKind::Unavailable);

    proxy.refuse(false);
    let clock = WallClock::started();
    until(&*clock, SOON, || async { relay.run().await.is_ok() }).await;
    let events = NatsEvents::new(&nats);
    until(&*clock, SOON, || async { events.check().await.is_ok() }).await;
    let listener = Listener::new(url, &settings.namespace, member, None).await;
    assert_eq!(numbers(&listener.hear(3).await), [1, 2, 3]);
}

/// The streams are made anew, and what was told before is not told again.
pub(crate) async fn a_server_that_forgot_everything_is_told_what_is_new() {
    let (server, memory) = (Server::start().await, Memory::new());
    let settings = impatient();
    let proxy = Proxy::to(server.address()).await;
    let nats = start::connected(&by_way_of(&proxy), &settings).await;
    let member = memory.member("하나").await.unwrap();
    append(&memory, member).await;
    let relay = publisher(&memory, &nats);
    let clock = WallClock::started();
    until(&*clock, SOON, || async { relay.run().await.is_ok() }).await;

    let next = Server::start().await;
    proxy.lead_to(next.address());
    server.remove();
    proxy.cut();
    append(&memory, member).await;
    until(&*clock, SOON, || async { relay.run().await.is_ok() }).await;
    let listener = Listener::new(&by_way_of(&proxy), &settings.namespace, member, None).await;
    assert_eq!(numbers(&listener.hear(3).await), [4, 5, 6]);
    next.remove();
}

/// However many start at once, and whatever they were told to keep.
pub(crate) async fn many_who_start_at_once_make_the_streams_once() {
    let url = start::shared().await;
    let settings = Settings { call: Duration::from_secs(20), ..start::settings() };
    let starts = (0_u32..12).map(|n| {
        let mut settings = settings.clone();
        if n % 3 == 0 {
            settings.events_kept = Duration::from_hours(1);
        }
        tokio::spawn(async move {
            let nats = Nats::open(url, settings).await.unwrap();
            nats.prepare().await.expect("the streams are made");
            NatsEvents::new(&nats).check().await.expect("the stream is there");
        })
    });
    for start in starts.collect::<Vec<_>>() {
        start.await.unwrap();
    }
}

/// Who looks makes and changes nothing.
pub(crate) async fn a_look_makes_no_stream() {
    let url = start::shared().await;
    let settings = start::settings();
    let nats = Nats::open(url, settings.clone()).await.unwrap();
    for _ in 0..2 {
        assert!(!nats.look().await.expect("it answers"));
    }
    let other = start::connected(url, &settings).await;
    assert!(nats.look().await.unwrap() && other.look().await.unwrap());
}

/// An event of more than the server takes keeps back that member's log alone.
pub(crate) async fn an_event_that_is_too_large_is_refused() {
    let url = start::shared().await;
    let nats = start::connected(url, &start::settings()).await;
    let told = |n, bytes| told(MemberId::from_bits(make::bits(n)), 1, bytes);
    let runs = [vec![told(1, 2 << 20)], vec![told(2, 1 << 10)]];
    let ends = NatsEvents::new(&nats).publish(&runs).await;
    let ends = ends.iter().map(|end| (end.taken, end.fault.as_ref().map(StreamError::kind)));
    let expected = [(0, Some(StreamErrorKind::Refused)), (1, None)];
    assert_eq!(ends.collect::<Vec<_>>(), expected);
}

/// A user with a password, or a token; without them nothing is to be had.
pub(crate) async fn who_asks_is_taken_from_the_address() {
    let ways: [(&[&str], &str); 2] =
        [(&["--user", "castad", "--pass", "a@b"], "castad:a%40b"), (&["--auth", "t0ken"], "t0ken")];
    for (words, who) in ways {
        let server = Server::start_with(words).await;
        let settings = impatient();
        let known = format!("nats://{who}@{}", server.address());
        let nats = start::connected(&known, &settings).await;
        let events = NatsEvents::new(&nats);
        until(&*WallClock::started(), SOON, || async { events.check().await.is_ok() }).await;
        let stranger = format!("nats://{}", server.address());
        let stranger = Nats::open(&stranger, settings).await.unwrap();
        stranger.look().await.expect_err("it is not let in");
        stranger.prepare().await.expect_err("it is not let in");
        server.remove();
    }
}
