use std::{sync::Arc, time::Duration};

use reqwest::Method;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, interval},
};

use super::{
    fleet::{Fleet, INSTANCES},
    orders::{Fate, Member, Order, PRICES},
    settling,
    verdict::Verdict,
    weather,
};

/// How many are ordered at once.
const CROWD: usize = 200;
/// By how many.
const MEMBERS: usize = 10;
/// How many steps an instance takes at once, of its own accord.
const STEPS: usize = 5;
/// How long a provider takes for an answer.
const ANSWER: Duration = Duration::from_millis(40);
/// How many projects are opened at once.
const HANDS: usize = 8;
/// How often a bystander reads: who waits longer than the pool does is refused.
const GLANCE: Duration = Duration::from_millis(100);
/// Nobody dies here: what a busy machine holds up is not taken from anybody.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

type Members = Arc<Vec<Member>>;

/// Two hundred at once are all made; of the next two hundred half are canceled. What is charged, and
/// how many ask a provider at once, is what it should be.
pub(crate) async fn crowd(fleet: Arc<Fleet>) {
    fleet.stand_ins.openai.slow_down(ANSWER);
    fleet.stand_ins.suno.slow_down(ANSWER);
    fleet.stand_ins.creatomate.slow_down(ANSWER);
    let owner = fleet.owner().await;
    let members: Members = Arc::new(fleet.enroll(MEMBERS, 1, &owner).await);
    let mut providing = JoinSet::new();
    providing.spawn(weather::provide(Arc::clone(&fleet)));

    let first = made_within_limits(&fleet, &members).await;
    let both = half_of_them_canceled(&fleet, &members, first).await;

    let verdict = Verdict::of(&fleet, &members, &both).await;
    eprintln!("{CROWD} at once, and {CROWD} of which half were canceled\n{verdict}");
    verdict.assert();
    assert!(verdict.ended("finished") >= CROWD + CROWD / 2, "who was not canceled is made");
    assert!(verdict.ended("canceled") > 0, "nothing was canceled in time");
    assert_eq!(verdict.ended("finished") + verdict.ended("canceled"), 2 * CROWD);
    fleet.run("audit", &[]).await;
}

async fn made_within_limits(fleet: &Arc<Fleet>, members: &Members) -> Vec<Order> {
    let orders = open(fleet, members, 0).await;
    let begun = Instant::now();
    produce(fleet, members, &orders, |_| Fate::Made).await;
    let accepted = begun.elapsed();
    let mut beside = JoinSet::new();
    beside.spawn(look_on(Arc::clone(fleet), Arc::clone(members)));
    settling::settle(fleet, members, &orders).await;
    let took = begun.elapsed();
    eprintln!("{CROWD} over {INSTANCES} instances: accepted in {accepted:.1?}, made in {took:.1?}");
    let refused = beside.try_join_next();
    assert!(refused.is_none(), "work in the background starves requests: {refused:?}");
    beside.shutdown().await;

    let price: i64 = PRICES.iter().map(|(_, price)| price).sum();
    let made = i64::try_from(CROWD).unwrap() * price;
    let mut spent = 0;
    for member in members.iter() {
        spent += member.given - fleet.balance(&member.key).await;
    }
    assert_eq!(spent, made);
    for door in &fleet.doors {
        let most = door.most_at_once();
        eprintln!("  the most at once that one instance asked: {most:?}");
        assert!(most.iter().all(|(_, most)| *most <= STEPS), "{most:?}");
        assert!(most.iter().any(|(_, most)| *most > 1), "nothing was done side by side: {most:?}");
    }
    orders
}

/// Orders as many again, and cancels every other one in the midst of it.
async fn half_of_them_canceled(
    fleet: &Arc<Fleet>,
    members: &Members,
    mut orders: Vec<Order>,
) -> Vec<Order> {
    let more = open(fleet, members, CROWD).await;
    let soon = |n: usize| Duration::from_millis(20 * n as u64);
    let fate = |n: usize| {
        if (n / MEMBERS).is_multiple_of(2) { Fate::Canceled(soon(n)) } else { Fate::Made }
    };
    produce(fleet, members, &more, fate).await;
    settling::settle(fleet, members, &more).await;
    orders.extend(more);
    orders
}

/// Opens as many projects, numbered from there.
async fn open(fleet: &Arc<Fleet>, members: &Members, from: usize) -> Vec<Order> {
    let (mut opening, hands) = (JoinSet::new(), Arc::new(Semaphore::new(HANDS)));
    for n in from..from + CROWD {
        let (fleet, members, hands) = (Arc::clone(fleet), Arc::clone(members), Arc::clone(&hands));
        opening.spawn(async move {
            let _hand = hands.acquire().await;
            let member = n % MEMBERS;
            let project = fleet.open(n, &members[member].key).await;
            Order { number: n, member, project }
        });
    }
    opening.join_all().await
}

/// Orders all of them at once, each with its fate.
async fn produce(
    fleet: &Arc<Fleet>,
    members: &Members,
    orders: &[Order],
    fate: impl Fn(usize) -> Fate,
) {
    let mut placing = JoinSet::new();
    for order in orders.iter().cloned() {
        let (fleet, members, fate) = (Arc::clone(fleet), Arc::clone(members), fate(order.number));
        placing.spawn(async move { fleet.place(&order, &members[order.member].key, fate).await });
    }
    placing.join_all().await;
}

/// Reads as long as it is answered; ends with what it got instead.
async fn look_on(fleet: Arc<Fleet>, members: Members) -> String {
    let mut again = interval(GLANCE);
    loop {
        again.tick().await;
        let read = fleet.request(Method::GET, "/v1/projects?limit=5", &members[0].key).send().await;
        if read.as_ref().is_ok_and(|answer| answer.status() == 200) {
            continue;
        }
        return format!("{read:?}");
    }
}
