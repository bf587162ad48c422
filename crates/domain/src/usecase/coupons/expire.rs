use std::sync::Arc;

use super::tell;
use crate::{
    model::{CouponId, EventKind},
    port::{CouponReader, Ports, StoreError, StoreErrorKind},
    usecase::{office::Office, sweep::sweep},
};

/// Notes coupons whose time is over. They are of no use before it is noted; this tells their members.
#[derive(Clone)]
pub struct ExpireCoupons {
    office: Office,
    reader: Arc<dyn CouponReader>,
}

impl ExpireCoupons {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports), reader: Arc::clone(&ports.coupons) }
    }

    /// How many were noted. Two that run at once note each coupon once.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if one or another could not be; the rest were.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let now = self.office.now();
        sweep(|limit| self.reader.overdue_coupons(now, limit), |id| self.one(id)).await
    }

    async fn one(&self, id: CouponId) -> Result<bool, StoreError> {
        let now = self.office.now();
        let mut unit = self.office.begin().await?;
        let Some(coupon) = unit.coupons().coupon(id).await? else { return Ok(false) };
        let Ok(expired) = coupon.expired(now) else { return Ok(false) };

        let noted = async {
            unit.coupons().update_coupon(&expired).await?;
            tell(&mut *unit, EventKind::CouponExpired, &expired, now).await?;
            unit.commit().await
        };
        match noted.await {
            Err(fault) if fault.kind() == StoreErrorKind::Conflict => Ok(false),
            end => end.map(|()| true),
        }
    }
}
