use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use castad_domain::port::{
    LockAttempt, LockError, LockErrorKind, LockKey, LockLease, LockManager, LockWatch,
};
use castad_memory::MemoryLock;
use chrono::{DateTime, Utc};
use tokio::{sync::Semaphore, task::yield_now};

/// What goes wrong with the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does nothing and says that it does not answer.
    Down,
    /// It does what it was asked and says that it does not answer.
    LosesAnswer,
    /// It does what it was asked once it is told to go on.
    Hangs,
    /// It says that the lock is somebody else's.
    Lost,
    /// It is not asked.
    Rests,
}

impl Fault {
    pub(crate) fn kind(self) -> Option<LockErrorKind> {
        match self {
            Self::Down | Self::LosesAnswer => Some(LockErrorKind::Unavailable),
            Self::Hangs => None,
            Self::Lost => Some(LockErrorKind::Lost),
            Self::Rests => Some(LockErrorKind::Resting),
        }
    }
}

/// A lock with faults, that notes what it is asked.
pub(crate) struct Flaky {
    pub(crate) inner: MemoryLock,
    faults: Mutex<VecDeque<Fault>>,
    calls: Mutex<Vec<(&'static str, String)>>,
    on: Semaphore,
    dawdles: AtomicBool,
}

impl Flaky {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryLock::new(),
            faults: Mutex::default(),
            calls: Mutex::default(),
            on: Semaphore::new(0),
            dawdles: AtomicBool::new(false),
        })
    }

    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.faults.lock().unwrap() = faults.into_iter().collect();
    }

    pub(crate) fn go_on(&self) {
        self.on.add_permits(1);
    }

    /// Lets others run before and after everything that it does.
    pub(crate) fn dawdle(&self) {
        self.dawdles.store(true, Ordering::SeqCst);
    }

    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().iter().map(|(call, _)| *call).collect()
    }

    pub(crate) fn released(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(call, _)| *call == "release").map(|(_, key)| key.clone()).collect()
    }

    async fn call<T>(
        &self,
        what: &'static str,
        key: &LockKey,
        act: impl Future<Output = Result<T, LockError>>,
    ) -> Result<T, LockError> {
        self.calls.lock().unwrap().push((what, key.as_str().to_owned()));
        let fault = self.faults.lock().unwrap().pop_front();
        self.pause().await;
        if matches!(fault, Some(Fault::Hangs)) {
            self.on.acquire().await.unwrap().forget();
        }
        let does = matches!(fault, None | Some(Fault::Hangs | Fault::LosesAnswer));
        let done = if does { Some(act.await) } else { None };
        self.pause().await;
        match (fault.and_then(Fault::kind), done) {
            (Some(kind), _) => Err(kind.into()),
            (None, Some(done)) => done,
            (None, None) => Err(LockErrorKind::Unavailable.into()),
        }
    }

    async fn pause(&self) {
        if self.dawdles.load(Ordering::SeqCst) {
            yield_now().await;
        }
    }
}

#[async_trait]
impl LockManager for Flaky {
    async fn acquire(
        &self,
        key: &LockKey,
        owner: u128,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockAttempt, LockError> {
        self.call("acquire", key, self.inner.acquire(key, owner, now, until)).await
    }

    async fn renew(
        &self,
        lease: &LockLease,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<LockLease, LockError> {
        self.call("renew", &lease.key, self.inner.renew(lease, now, until)).await
    }

    async fn release(&self, lease: &LockLease) -> Result<bool, LockError> {
        self.call("release", &lease.key, self.inner.release(lease)).await
    }

    fn abandon(&self, key: &LockKey, owner: u128) {
        self.inner.abandon(key, owner);
    }

    async fn watch(&self, key: &LockKey) -> Result<Box<dyn LockWatch>, LockError> {
        self.inner.watch(key).await
    }

    async fn check(&self) -> Result<(), LockError> {
        self.inner.check().await
    }
}
