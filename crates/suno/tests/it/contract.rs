//! The suite of the port, nothing of it relaxed.
use std::sync::Arc;

use castad_contract::Composing;
use castad_memory::ManualClock;

use crate::desk::{Desk, Hurried};

async fn fresh() -> Composing {
    let clock = Arc::new(Hurried(ManualClock::default()));
    Composing { composer: Arc::new(Desk::open().await), clock }
}

castad_contract::song_contract!(fresh);
