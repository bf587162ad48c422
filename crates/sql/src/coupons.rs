use async_trait::async_trait;
use castad_domain::port::{CouponBook, CouponReader};

use crate::store::{Sql, Unit};

#[async_trait]
impl CouponBook for Unit {}

#[async_trait]
impl CouponReader for Sql {}
