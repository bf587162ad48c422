use std::time::Duration;

/// How far a provider's client may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest that a call may take, from waiting for its turn to the answer's last byte. For a
    /// download it is the longest between two pieces.
    pub total: Duration,
    /// The longest to connect.
    pub connect: Duration,
    /// The most calls at once; further ones wait for their turn.
    pub at_once: usize,
    /// The most connections that are kept when idle.
    pub idle: usize,
    /// The most bytes of an answer.
    pub answer: u64,
}

impl Default for Limits {
    /// A minute in all, ten seconds to connect, ten calls at once, five connections kept, 4 MiB.
    fn default() -> Self {
        Self {
            total: Duration::from_mins(1),
            connect: Duration::from_secs(10),
            at_once: 10,
            idle: 5,
            answer: 4 << 20,
        }
    }
}
