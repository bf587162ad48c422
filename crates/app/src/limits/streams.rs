use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use castad_domain::model::MemberId;

/// The streams of events that are open, of each member no more than so many.
#[derive(Clone)]
pub struct Streams {
    most: usize,
    open: Arc<Mutex<HashMap<MemberId, usize>>>,
}

impl Streams {
    /// None is open yet.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, open: Arc::default() }
    }

    /// How many a member may have open.
    #[must_use]
    pub fn most(&self) -> usize {
        self.most
    }

    /// One more of the member's, until it is dropped; `None` if they have as many as they may.
    #[must_use]
    pub fn open(&self, member: MemberId) -> Option<OpenStream> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(member).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        metrics::gauge!("castad_sse_streams").increment(1.0);
        Some(OpenStream { member, of: self.clone() })
    }
}

/// A stream that is open.
pub struct OpenStream {
    member: MemberId,
    of: Streams,
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        metrics::gauge!("castad_sse_streams").decrement(1.0);
        let mut open = self.of.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.member) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.member);
            }
        }
    }
}
