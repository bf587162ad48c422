use async_trait::async_trait;
use castad_domain::port::{PointsBook, PointsReader};

use crate::store::{Sql, Unit};

#[async_trait]
impl PointsBook for Unit {}

#[async_trait]
impl PointsReader for Sql {}
