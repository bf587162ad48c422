use async_trait::async_trait;
use castad_domain::port::{CouponBook, CouponReader};

use crate::{store::MemoryStore, unit::MemoryUnit};

#[async_trait]
impl CouponBook for MemoryUnit {}

#[async_trait]
impl CouponReader for MemoryStore {}
