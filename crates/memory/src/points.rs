use async_trait::async_trait;
use castad_domain::port::{PointsBook, PointsReader};

use crate::{store::MemoryStore, unit::MemoryUnit};

#[async_trait]
impl PointsBook for MemoryUnit {}

#[async_trait]
impl PointsReader for MemoryStore {}
