//! Jobs of several members, and a walk through them beside a plain search through all of them.

use castad_contract::make;
use castad_domain::{
    model::{Claim, Lane, LyricId, MemberId, ProjectId, Task, Work},
    port::{Feeding, Offer, Store, Taking, Turn, WorkQueue},
};
use castad_memory::MemoryStore;
use castad_sql::Sql;
use chrono::TimeDelta;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

pub(crate) fn work(member: u64, n: u64, due: i64) -> Work {
    Work {
        member: MemberId::from_bits(make::bits(member)),
        project: ProjectId::from_bits(make::bits(n)),
        task: Task::WriteLyric(LyricId::from_bits(make::bits(n))),
        due: make::time(due),
    }
}

pub(crate) async fn push(store: &dyn Store, work: &[Work]) {
    let mut unit = store.begin().await.expect("a unit begins");
    unit.work().push(work).await.expect("jobs are pushed");
    unit.commit().await.expect("the unit commits");
}

pub(crate) async fn claim(queue: &dyn WorkQueue, now: i64) -> Option<Claim> {
    let until = make::time(now) + TimeDelta::seconds(30);
    queue.claim(make::time(now), until).await.expect("the queue answers")
}

/// Both offer the same job, and give it to who asks for it.
async fn offer(sql: &Sql, memory: &MemoryStore, now: i64, takes: bool) -> Option<(Claim, Claim)> {
    let (now, until) = (make::time(now), make::time(now + 15));
    let feeding = Feeding { now, until, due_by: now, lapsed_by: now, most: 1 };
    let here = sql.feed(Lane::Lyric, feeding).await.expect("the queue answers").pop();
    let there = memory.feed(Lane::Lyric, feeding).await.expect("the queue answers").pop();
    let seen = |offer: &Option<Offer>| offer.map(|offer| (offer.due, offer.fence));
    assert_eq!(seen(&here), seen(&there), "at {now}");
    let (here, there) = here.zip(there).filter(|_| takes)?;
    let turn = Turn { now, lease_until: now + TimeDelta::seconds(30), rate: None };
    let asked = (sql.claim_job(&here, turn).await, memory.claim_job(&there, turn).await);
    let (Ok(Taking::Claimed(here)), Ok(Taking::Claimed(there))) = asked else {
        panic!("what was just offered is to be had: {asked:?}")
    };
    assert_eq!((&here.work, here.fence), (&there.work, there.fence));
    Some((*here, *there))
}

async fn finish(store: &dyn Store, claim: &Claim) -> bool {
    let mut unit = store.begin().await.expect("a unit begins");
    let finished = unit.work().finish(claim).await.is_ok();
    unit.commit().await.expect("the unit commits");
    finished
}

/// A member behind a long line is served before those that are busy.
pub(crate) async fn serves_a_member_behind_a_long_line(sql: &Sql) {
    let crowd: Vec<_> = (1..=200).map(|n| work(1, n, 0)).collect();
    push(sql, &crowd).await;
    push(sql, &[work(2, 201, 5), work(3, 202, 4)]).await;

    let mut served = Vec::new();
    for _ in 0..5 {
        served.push(claim(sql, 10).await.expect("jobs wait").work.project);
    }
    let expected = [1, 202, 201, 2, 3].map(|n| ProjectId::from_bits(make::bits(n)));
    assert_eq!(served, expected);
}

/// It takes the same jobs as a search through all of them.
pub(crate) async fn takes_the_same_jobs_as_a_search(sql: &Sql, rounds: u32) {
    let memory = MemoryStore::new();
    let mut dice = Dice(0x5eed_cafe);
    let (mut now, mut made, mut walked) = (0, 0, 0);
    let mut held: Vec<(Claim, Claim)> = Vec::new();

    for _ in 0..rounds {
        match dice.below(10) {
            0 => now += i64::try_from(dice.below(12)).expect("a few seconds"),
            1 => {
                let member = 1 + dice.below(4) * dice.below(4);
                let many = if dice.below(6) == 0 { 60 } else { 2 };
                let due = now + i64::try_from(dice.below(20)).expect("a few seconds") - 10;
                let jobs: Vec<_> = (made..made + many).map(|n| work(member, n, due)).collect();
                made += many;
                push(sql, &jobs).await;
                push(&memory, &jobs).await;
            }
            2..=4 if !held.is_empty() => {
                let place = usize::try_from(dice.below(held.len() as u64)).expect("a place");
                let (here, there) = held.swap_remove(place);
                assert_eq!(finish(sql, &here).await, finish(&memory, &there).await);
            }
            _ => {
                let (here, there) = (claim(sql, now).await, claim(&memory, now).await);
                let seen = |claim: &Option<Claim>| claim.clone().map(|c| (c.work, c.fence));
                assert_eq!(seen(&here), seen(&there), "at {now}");
                walked += u32::from(here.is_some());
                held.extend(here.zip(there));
            }
        }
        if dice.below(4) == 0 {
            held.extend(offer(sql, &memory, now, dice.below(2) == 0).await);
        }
    }
    assert!(walked > rounds / 4, "only {walked} claims found a job");
}
