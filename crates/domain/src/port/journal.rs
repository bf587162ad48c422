use super::Wake;

/// What happened around a lock, for numbers and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockEvent {
    /// Somebody waits in line.
    Waiting,
    /// The lock was asked once.
    Attempted,
    /// Who waited was told that it is worth trying again; `None` when the holder's time was over.
    Woken(Option<Wake>),
    /// Waiting ended, after that many microseconds.
    Ended {
        /// How.
        outcome: LockOutcome,
        /// After how long.
        waited_us: i64,
    },
    /// A renewal was tried.
    Renewed {
        /// Whether it succeeded.
        ok: bool,
    },
    /// A lock was lost while its work ran.
    Lost,
    /// A lock was let go.
    Released {
        /// `None` if the lock did not answer, else whether it was still held.
        held: Option<bool>,
    },
    /// The work that held the lock ended or was dropped, after that many microseconds.
    Left {
        /// For how long it was held.
        held_us: i64,
    },
}

/// How waiting for a lock ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockOutcome {
    /// It was taken.
    Acquired,
    /// Somebody held it, and nobody wanted to wait.
    Busy,
    /// The wait ran out.
    Timeout,
    /// It did not answer, and the work was refused.
    Error,
    /// It did not answer, and the work ran under the database's guard alone.
    Degraded,
    /// Who waited went away.
    Gone,
}

/// Is told what happens around locks.
pub trait LockJournal: Send + Sync {
    /// Notes it, under the pattern of the key: never the key itself.
    fn note(&self, pattern: &'static str, event: LockEvent);
}

/// Notes nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl LockJournal for NoJournal {
    fn note(&self, _: &'static str, _: LockEvent) {}
}
