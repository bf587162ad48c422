//! Processes that come and go over one store, with the time in hand.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use castad_domain::{
    model::{Credentials, Credit, Email, LotKind, MemberId, Notify, PasswordHash, Prices, Profile},
    port::{Clock, Ports, Store, WorkQueue},
    usecase::{Accumulate, TakeCallback, Unresolved},
};
use castad_engine::{Engine, Settings};
use castad_memory::{Memory, MemoryFeed};
use chrono::TimeDelta;
use futures_util::{
    FutureExt,
    future::{join, join_all, select},
};

use super::{
    faults::{Faults, Plan},
    feed,
    ledger::Ledger,
    owner::{Memo, Owner},
    ports::{Flaw, ports},
};

/// What every member has at first.
pub(crate) const POINTS: i64 = 10_000;

/// How long a provider's callback is on its way.
pub(crate) const CALLBACK: TimeDelta = TimeDelta::minutes(2);

/// How often anything may happen before a world counts as one that does not end.
const TURNS: usize = 200_000;

struct Awake(AtomicBool);

impl Wake for Awake {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// An instance of the program: owners' requests and a few hands that work.
pub(crate) struct Process {
    pub(crate) faults: Arc<Faults>,
    main: Option<Pin<Box<dyn Future<Output = ()>>>>,
    awake: Arc<Awake>,
    answered: Arc<AtomicBool>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.main = None;
        self.faults.unhook();
    }
}

impl Process {
    pub(crate) fn lives(&self) -> bool {
        self.main.is_some()
    }

    /// Lets it go on until it waits; `false` if it waited all the time.
    pub(crate) fn go_on(&mut self) -> bool {
        let Some(main) = &mut self.main else { return false };
        if self.faults.is_frozen() || !self.awake.0.swap(false, Ordering::SeqCst) {
            return false;
        }
        let waker = Waker::from(Arc::clone(&self.awake));
        if main.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(())
            || self.faults.is_dead()
        {
            self.main = None;
        }
        true
    }

    pub(crate) fn thaw(&self) {
        self.faults.thaw();
        self.awake.0.store(true, Ordering::SeqCst);
    }
}

/// A store and those whom it serves.
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) owners: Vec<Arc<Memo>>,
    pub(crate) hands: usize,
    pub(crate) flaw: Flaw,
    pub(crate) callbacks: bool,
    /// How often providers decline.
    pub(crate) declines: usize,
    /// How work comes to workers, if not from the database.
    pub(crate) feed: Option<MemoryFeed>,
}

impl World {
    pub(crate) fn new(memory: Memory) -> Self {
        Self {
            memory,
            ledger: Arc::default(),
            owners: Vec::new(),
            hands: 1,
            flaw: Flaw::None,
            callbacks: false,
            declines: 0,
            feed: None,
        }
    }

    /// Work comes by way of a feed.
    pub(crate) fn feed_workers(&mut self) {
        let clock = Arc::new(self.memory.clock().clone());
        self.feed = Some(MemoryFeed::new(clock, TimeDelta::seconds(5)));
    }

    pub(crate) fn ports(&self) -> Ports {
        Ports { prices: Prices::default(), ..self.memory.ports() }
    }

    /// A member with points, and an address.
    pub(crate) fn member(&self, name: &str) -> MemberId {
        let joining = async {
            let member = self.memory.member(name).await.unwrap();
            let (kind, amount) = (LotKind::Bonus, POINTS);
            let credit = Credit { kind, amount, lifetime: None, source: None };
            let giving = Accumulate::new(&self.ports());
            giving.run(member, member, credit, None).await.unwrap();
            self.register(member).await;
            member
        };
        joining.now_or_never().unwrap()
    }

    async fn register(&self, member: MemberId) {
        let mut unit = self.memory.store().begin().await.unwrap();
        let account = unit.access().account(member).await.unwrap().unwrap();
        let email = Email::parse(&format!("{}@castad.example", member.to_bits())).unwrap();
        let password = PasswordHash::new("hash");
        let credentials = Some(Credentials { email, password });
        let notify = Notify { finished: true, failed: true, expiring: true };
        let profile = Profile { credentials, notify, version: 1, ..account.profile };
        unit.access().insert_profile(&profile).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// A process that meets what the plan says.
    pub(crate) fn process(&self, plan: Box<dyn Plan>) -> Process {
        self.process_by(Arc::new(self.memory.clock().clone()), plan)
    }

    /// The same by a clock of its own.
    pub(crate) fn process_by(&self, clock: Arc<dyn Clock>, plan: Box<dyn Plan>) -> Process {
        let faults = Arc::new(Faults::new(plan, Arc::clone(&clock)));
        let ports = ports(&self.memory, &faults, &self.ledger, clock, self.flaw);
        let offered = TimeDelta::seconds(10);
        let settings = Settings { unresolved: Unresolved::Fail, offered, ..Settings::default() };
        let engine = Engine::new(&ports, settings);
        let engine = match &self.feed {
            Some(feed) => engine.with_feed(feed::feed(Arc::new(feed.clone()), &faults)),
            None => engine,
        };
        let owner = |memo: &Arc<Memo>| {
            let (memory, ports, memo) = (self.memory.clone(), ports.clone(), Arc::clone(memo));
            Owner { memory, ports, memo }
        };
        let owners: Vec<Owner> = self.owners.iter().map(owner).collect();
        let who = owners.clone();
        faults.hook(Box::new(move |what| {
            let owners = who.clone();
            let all = async move {
                for owner in &owners {
                    owner.meanwhile(what).await;
                }
            };
            all.boxed()
        }));
        let answered = Arc::new(AtomicBool::new(false));
        let hands: Vec<_> = (0..self.hands)
            .map(|_| work(self.memory.clone(), ports.clone(), engine.clone()))
            .collect();
        let done = Arc::clone(&answered);
        let asking = async move {
            join_all(owners.iter().map(Owner::requests)).await;
            done.store(true, Ordering::SeqCst);
        };
        let main = async move {
            join(asking, join_all(hands)).await;
        };
        let awake = Arc::new(Awake(AtomicBool::new(true)));
        Process { faults, main: Some(Box::pin(main)), awake, answered }
    }

    /// Lets processes and time go on until nothing is left to do, or one of them died or froze.
    pub(crate) fn drive(&self, processes: &mut [Process]) -> Result<(), String> {
        for _ in 0..TURNS {
            let stood = processes.iter().filter(|p| !p.lives() || p.faults.is_frozen()).count();
            let mut went = false;
            for process in processes.iter_mut() {
                went |= process.go_on();
            }
            let stand = processes.iter().filter(|p| !p.lives() || p.faults.is_frozen()).count();
            if stand > stood || self.is_idle(processes) {
                return Ok(());
            }
            if !went && !self.let_time_pass() {
                return Err("everybody waits for something that never comes".to_owned());
            }
        }
        Err("it does not end".to_owned())
    }

    pub(crate) fn is_idle(&self, processes: &[Process]) -> bool {
        let live = |p: &&Process| p.lives() && !p.faults.is_frozen();
        let asked = processes.iter().filter(live).all(|p| p.answered.load(Ordering::SeqCst));
        let called = !self.callbacks || self.ledger.to_call_back().is_none();
        let due = self.memory.queue().next_due().now_or_never().unwrap().unwrap();
        asked && called && due.is_none()
    }

    /// To the next that anybody waits for.
    pub(crate) fn let_time_pass(&self) -> bool {
        let clock = self.memory.clock();
        let purchase = self.ledger.to_call_back().filter(|_| self.callbacks);
        let call = purchase.as_ref().map(|purchase| purchase.at + CALLBACK);
        let sleeper = clock.next_sleeper();
        let Some(next) = call.into_iter().chain(sleeper).min() else { return false };
        clock.set(next);
        if let Some(purchase) = purchase.filter(|_| call == Some(next)) {
            let (stage, attempt) = (purchase.stage, purchase.attempt);
            let ports = self.ports();
            let calling = TakeCallback::new(&ports);
            let heard = calling.run(stage, attempt, Some(purchase.job)).now_or_never();
            heard.unwrap().unwrap();
            self.ledger.called_back();
        }
        true
    }
}

/// A hand that takes step after step. It waits as an engine does, and its waiting makes no point.
async fn work(memory: Memory, ports: Ports, engine: Engine) {
    let moment = TimeDelta::milliseconds(100);
    loop {
        let pushed = memory.queue().pushed();
        let now = ports.clock.now();
        match engine.run_one().await {
            Ok(true) => {}
            Ok(false) => match memory.queue().next_due().await.unwrap() {
                Some(due) => {
                    let due = ports.clock.reach(due.max(now + moment));
                    select(pushed, due).await;
                }
                None => pushed.await,
            },
            Err(_) => ports.clock.reach(now + TimeDelta::seconds(1)).await,
        }
    }
}
