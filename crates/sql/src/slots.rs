use async_trait::async_trait;
use castad_domain::port::{SlotBook, SlotReader};

use crate::store::{Sql, Unit};

#[async_trait]
impl SlotBook for Unit {}

#[async_trait]
impl SlotReader for Sql {}
