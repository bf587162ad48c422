use async_trait::async_trait;
use castad_domain::port::{ShopBook, ShopReader};

use crate::{store::MemoryStore, unit::MemoryUnit};

#[async_trait]
impl ShopBook for MemoryUnit {}

#[async_trait]
impl ShopReader for MemoryStore {}
