use std::sync::Arc;

use super::{SlotError, SlotRefusal, order_number, tell};
use crate::{
    model::{Hold, HoldId, MemberId},
    port::{Calendar, Clock, Ports, Store},
    usecase::{
        again::again,
        guarded::{CANCEL_USAGE, Guarded},
        points::till::Cashier,
        receipt::{Receipt, keep},
    },
};

/// Gives a booking back before its day, and the points to who paid.
#[derive(Clone)]
pub struct CancelBooking {
    store: Arc<dyn Store>,
    guarded: Guarded,
    clock: Arc<dyn Clock>,
    calendar: Arc<dyn Calendar>,
    cashier: Cashier,
}

impl CancelBooking {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            guarded: ports.guarded.clone(),
            clock: Arc::clone(&ports.clock),
            calendar: Arc::clone(&ports.calendar),
            cashier: Cashier::new(ports),
        }
    }

    /// The hold, canceled, and how many points came back: none if it was canceled before.
    ///
    /// # Errors
    ///
    /// [`SlotError`] unless it is a booking of the member's whose day has not begun.
    pub async fn run(
        &self,
        member: MemberId,
        id: HoldId,
        receipt: Option<Receipt<'_, (Hold, i64)>>,
    ) -> Result<(Hold, i64), SlotError> {
        let lock = CANCEL_USAGE.of([&order_number(id)]);
        let receipt = receipt.as_ref();
        self.guarded.run(lock, |_| again(|| self.once(member, id, receipt))).await?
    }

    async fn once(
        &self,
        member: MemberId,
        id: HoldId,
        receipt: Option<&Receipt<'_, (Hold, i64)>>,
    ) -> Result<(Hold, i64), SlotError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let found = unit.slots().hold(id).await?;
        let hold = found.filter(|hold| hold.member == member).ok_or(SlotRefusal::NoHold)?;

        let canceled = hold.canceled((now, self.calendar.day(now)))?;

        let mut end = (canceled, 0);
        if end.0 != hold {
            unit.slots().write_hold(&end.0).await?;
            let back =
                self.cashier.till(&mut *unit, now).give_back(member, &order_number(id)).await;
            end.1 = back.map_err(|error| error.map(SlotRefusal::Points))?;
            tell(&mut *unit, vec![&end.0]).await?;
        }
        keep(&mut *unit, member, receipt, &end, now).await?;
        unit.commit().await?;
        Ok(end)
    }
}
