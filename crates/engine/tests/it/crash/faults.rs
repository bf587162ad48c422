//! Where a process meets the world, counted, and what goes wrong there.

use std::{
    future::{Future, pending, poll_fn},
    sync::{Arc, Mutex, MutexGuard},
    task::Poll,
};

use castad_domain::port::Clock;
use chrono::TimeDelta;
use futures_util::future::BoxFuture;

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The process is gone before the call.
    CrashBefore,
    /// The process is gone once the call took effect; nobody sees the answer.
    CrashAfter,
    /// The call takes effect, and its caller is told that nobody answers.
    ReplyLost,
    /// The call never takes effect, and its caller is told that nobody answers.
    NeverSent,
    /// What the owner asked for until now is asked for again, before the call.
    SentTwice,
    /// The process stands still before the call until another has ended its work.
    FrozenBefore,
    /// The process stands still with the answer on its way until another has ended its work.
    FrozenAfter,
    /// The owner cancels before the call.
    CancelBefore,
    /// The owner cancels while the answer is on its way.
    CancelAfter,
    /// The call takes so many milliseconds until it is made.
    Slow(u32),
}

impl Way {
    /// What may go wrong anywhere.
    pub(crate) const FAULTS: [Self; 7] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::ReplyLost,
        Self::NeverSent,
        Self::SentTwice,
        Self::FrozenBefore,
        Self::FrozenAfter,
    ];
}

/// What the owner does meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    Repeats,
    Cancels,
}

type Hook = Box<dyn Fn(Meanwhile) -> BoxFuture<'static, ()> + Send + Sync>;

/// Says what happens at which point.
pub(crate) trait Plan: Send {
    fn at(&mut self, point: usize, name: &'static str) -> Option<Way>;
}

impl Plan for Vec<(usize, Way)> {
    fn at(&mut self, point: usize, _: &'static str) -> Option<Way> {
        self.iter().find(|(at, _)| *at == point).map(|(_, way)| *way)
    }
}

/// The points of one process.
pub(crate) struct Faults {
    state: Mutex<State>,
    clock: Arc<dyn Clock>,
}

struct State {
    plan: Box<dyn Plan>,
    passed: Vec<&'static str>,
    dead: bool,
    frozen: bool,
    thawed: bool,
    hook: Option<Arc<Hook>>,
}

impl Faults {
    pub(crate) fn new(plan: Box<dyn Plan>, clock: Arc<dyn Clock>) -> Self {
        let passed = Vec::new();
        let (dead, frozen, thawed, hook) = (false, false, false, None);
        let state = Mutex::new(State { plan, passed, dead, frozen, thawed, hook });
        Self { state, clock }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn hook(&self, hook: Hook) {
        self.state().hook = Some(Arc::new(hook));
    }

    /// The hook holds what holds this: without this a process would never be forgotten.
    pub(crate) fn unhook(&self) {
        let hook = self.state().hook.take();
        drop(hook);
    }

    /// The names of the points that were come to, in order.
    pub(crate) fn passed(&self) -> Vec<&'static str> {
        self.state().passed.clone()
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state().dead
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.state().frozen
    }

    pub(crate) fn thaw(&self) {
        let mut state = self.state();
        (state.frozen, state.thawed) = (false, true);
    }

    /// Once after it stood still: what hung in a call goes on before anything else does.
    pub(crate) async fn let_others_first(&self) {
        let mut waited = !std::mem::take(&mut self.state().thawed);
        poll_fn(|cx| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// Comes to a point and makes the call, or what becomes of it.
    pub(crate) async fn pass<T, E>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, E>> + Send,
        lost: impl Fn() -> Option<E> + Send,
    ) -> Result<T, E>
    where
        T: Send,
        E: Send,
    {
        let way = {
            let mut state = self.state();
            state.passed.push(name);
            let point = state.passed.len() - 1;
            state.plan.at(point, name)
        };
        self.before(way).await;
        if way == Some(Way::NeverSent)
            && let Some(error) = lost()
        {
            return Err(error);
        }
        let answer = call.await;
        self.after(way).await;
        match lost().filter(|_| way == Some(Way::ReplyLost)) {
            Some(error) => Err(error),
            None => answer,
        }
    }

    async fn before(&self, way: Option<Way>) {
        match way {
            Some(Way::CrashBefore) => self.die().await,
            Some(Way::FrozenBefore) => self.stand_still().await,
            Some(Way::SentTwice) => self.meanwhile(Meanwhile::Repeats).await,
            Some(Way::CancelBefore) => self.meanwhile(Meanwhile::Cancels).await,
            Some(Way::Slow(wait)) => {
                let wait = TimeDelta::milliseconds(wait.into());
                self.clock.reach(self.clock.now() + wait).await;
            }
            None
            | Some(
                Way::CrashAfter
                | Way::FrozenAfter
                | Way::CancelAfter
                | Way::ReplyLost
                | Way::NeverSent,
            ) => {}
        }
    }

    async fn after(&self, way: Option<Way>) {
        if way == Some(Way::CrashAfter) {
            self.die().await;
        } else if way == Some(Way::FrozenAfter) {
            self.stand_still().await;
        } else if way == Some(Way::CancelAfter) {
            self.meanwhile(Meanwhile::Cancels).await;
        }
    }

    async fn die(&self) {
        self.state().dead = true;
        pending::<()>().await;
    }

    async fn stand_still(&self) {
        self.state().frozen = true;
        poll_fn(|_| if self.is_frozen() { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    async fn meanwhile(&self, what: Meanwhile) {
        let hook = self.state().hook.clone();
        if let Some(hook) = hook {
            hook(what).await;
        }
    }
}
