use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use castad_domain::port::{Clock, Shelf, ShelfError};
use chrono::{DateTime, TimeDelta, Utc};

use crate::bell::locked;

/// A shelf in memory, whose copies go when the clock says so.
///
/// Clones are the same shelf.
#[derive(Clone)]
pub struct MemoryShelf {
    clock: Arc<dyn Clock>,
    copies: Arc<Mutex<Copies>>,
}

/// Each with its end, by name.
type Copies = HashMap<String, (String, DateTime<Utc>)>;

impl MemoryShelf {
    /// An empty one.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, copies: Arc::default() }
    }
}

#[async_trait]
impl Shelf for MemoryShelf {
    async fn look(&self, name: &str) -> Result<Option<String>, ShelfError> {
        let copies = locked(&self.copies);
        let kept = copies.get(name).filter(|(_, until)| self.clock.now() < *until);
        Ok(kept.map(|(copy, _)| copy.clone()))
    }

    async fn put(&self, name: &str, copy: &str, keep: TimeDelta) -> Result<(), ShelfError> {
        let until = self.clock.now() + keep;
        locked(&self.copies).insert(name.to_owned(), (copy.to_owned(), until));
        Ok(())
    }
}
