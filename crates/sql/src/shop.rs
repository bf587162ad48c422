use async_trait::async_trait;
use castad_domain::port::{ShopBook, ShopReader};

use crate::store::{Sql, Unit};

#[async_trait]
impl ShopBook for Unit {}

#[async_trait]
impl ShopReader for Sql {}
