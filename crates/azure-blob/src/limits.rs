use std::time::Duration;

/// How far calls to the storage may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long a block is, in bytes; a file that fits into one is sent in one call.
    pub block: usize,
    /// How many blocks of a file are under way at once.
    pub at_once: usize,
    /// The longest that a block may take to arrive, and between two pieces of what is read.
    pub stall: Duration,
    /// The longest to connect.
    pub connect: Duration,
    /// How often a call is repeated that the storage could not answer.
    pub again: usize,
    /// The longest that looking at the storage's health may take.
    pub look: Duration,
}

impl Limits {
    /// How many bytes of a file a put holds at most: the blocks under way, and the one being filled.
    #[must_use]
    pub fn in_memory(&self) -> usize {
        self.block * (self.at_once + 1)
    }
}

impl Default for Limits {
    /// Blocks of 4 MiB, two at once, two minutes each: a line of 0.6 Mbit/s is quick enough. Ten
    /// seconds to connect, three repetitions, five seconds for a look.
    fn default() -> Self {
        Self {
            block: 4 << 20,
            at_once: 2,
            stall: Duration::from_mins(2),
            connect: Duration::from_secs(10),
            again: 3,
            look: Duration::from_secs(5),
        }
    }
}
