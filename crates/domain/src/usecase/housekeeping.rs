use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    BooksError, Guarded, WarnOfExpiry,
    coupons::{CallServers, ExpireCoupons},
    points::ExpireLots,
    recall::REPLIES_KEPT,
    shop::SettleOrders,
    slots::ExpireHolds,
};
use crate::{
    model::TICKET_LIFE,
    port::{Clock, Ports, Store, StoreError, StoreErrorKind},
};

/// For how long a ticket can be looked up whose time is over.
const TICKETS_KEPT: TimeDelta = TimeDelta::hours(24);
/// For how long a request for a coupon can be looked up that was decided.
const REQUESTS_KEPT: TimeDelta = TimeDelta::days(7);
/// For how long is told what was delivered to webhooks.
const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(7);
/// How many of them are forgotten at once.
const BATCH: u32 = 100;

/// For how long a lock is remembered that nobody holds: more than any two clocks are apart.
const LOCKS_KEPT: TimeDelta = TimeDelta::days(1);

/// What there may be so much of that it is forgotten part by part.
#[derive(Clone, Copy)]
enum Old {
    Tickets,
    Requests,
    Deliveries,
}

/// Forgets what is kept for a time only.
#[derive(Clone)]
pub struct Housekeeping {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    guarded: Guarded,
}

impl Housekeeping {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        let (store, clock) = (Arc::clone(&ports.store), Arc::clone(&ports.clock));
        Self { store, clock, guarded: ports.guarded.clone() }
    }

    /// Forgets answers that are too old to be asked for again, tickets whose time has long been over,
    /// requests for coupons that were decided and what was delivered long ago, and locks that nobody
    /// holds, and says how many.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the store does not answer.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let answers = unit.replies().forget(now - REPLIES_KEPT).await?;
        unit.commit().await?;
        let tickets = self.forget(Old::Tickets, now - TICKET_LIFE - TICKETS_KEPT).await?;
        let requests = self.forget(Old::Requests, now - REQUESTS_KEPT).await?;
        let deliveries = self.forget(Old::Deliveries, now - DELIVERIES_KEPT).await?;
        let locks = self.guarded.forget(now - LOCKS_KEPT).await;
        let away = |fault| StoreError::new(StoreErrorKind::Unavailable).with_source(fault);
        Ok(answers + tickets + requests + deliveries + locks.map_err(away)?)
    }

    async fn forget(&self, old: Old, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let mut unit = self.store.begin().await?;
            let forgotten = match old {
                Old::Tickets => unit.slots().forget_tickets(before, BATCH).await?,
                Old::Requests => unit.coupons().forget_requests(before, BATCH).await?,
                Old::Deliveries => unit.webhooks().forget_deliveries(before, BATCH).await?,
            };
            unit.commit().await?;
            all += forgotten;
            if forgotten < u64::from(BATCH) {
                return Ok(all);
            }
        }
    }
}

/// What kept the books from being put right; that they refuse it is a fault of ours.
fn fault<R>(error: BooksError<R>) -> StoreError
where
    R: std::error::Error + Send + Sync + 'static,
{
    match error {
        BooksError::Store(fault) => fault,
        BooksError::Busy(busy) => StoreError::new(StoreErrorKind::Unavailable).with_source(busy),
        other @ (BooksError::Refused(_) | BooksError::Repeated) => {
            StoreError::new(StoreErrorKind::Corrupt).with_source(other)
        }
    }
}

/// Looks after what is over: coupons, points and holds whose time is, and orders that nobody paid for or whose payment
/// nobody ended; lines that nobody serves, and points that are about to expire. Any number may go round at once.
#[derive(Clone)]
pub struct Rounds {
    coupons: ExpireCoupons,
    orders: SettleOrders,
    holds: ExpireHolds,
    points: ExpireLots,
    lines: CallServers,
    warnings: WarnOfExpiry,
}

impl Rounds {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        let (coupons, orders) = (ExpireCoupons::new(ports), SettleOrders::new(ports));
        let (holds, points) = (ExpireHolds::new(ports), ExpireLots::new(ports));
        let (lines, warnings) = (CallServers::new(ports), WarnOfExpiry::new(ports));
        Self { coupons, orders, holds, points, lines, warnings }
    }

    /// How many things and points were ended.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if one or another could not be; the rest were.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let (coupons, orders) = (self.coupons.run().await, self.orders.run().await);
        let (holds, points) = (self.holds.run().await, self.points.run(None).await);
        let (lines, warned) = (self.lines.run().await, self.warnings.run().await);
        Ok(lines?
            + warned?
            + coupons?
            + orders?
            + holds.map_err(fault)?
            + points.map_err(fault)?.unsigned_abs())
    }
}
