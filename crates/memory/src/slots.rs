use async_trait::async_trait;
use castad_domain::port::{SlotBook, SlotReader};

use crate::{store::MemoryStore, unit::MemoryUnit};

#[async_trait]
impl SlotBook for MemoryUnit {}

#[async_trait]
impl SlotReader for MemoryStore {}
