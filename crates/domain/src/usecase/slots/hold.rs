use std::sync::Arc;

use super::{SlotError, SlotRefusal, admitted, tell};
use crate::{
    model::{Hold, HoldId, MOST_HELD, MemberId, QueueToken, SlotId},
    port::{Calendar, Clock, IdSource, Ports, SlotOffer, SlotReader, Store},
    usecase::{
        again::again,
        guarded::{GuardError, Guarded, RESERVE_SLOT},
        receipt::{Receipt, keep},
    },
};

/// Which slot is to be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldOrder {
    /// For whom.
    pub member: MemberId,
    /// The slot.
    pub slot: SlotId,
    /// What lets the member in, where one has to queue.
    pub token: Option<QueueToken>,
}

/// Keeps a slot for a member for a while.
#[derive(Clone)]
pub struct HoldSlot {
    store: Arc<dyn Store>,
    slots: Arc<dyn SlotReader>,
    guarded: Guarded,
    clock: Arc<dyn Clock>,
    calendar: Arc<dyn Calendar>,
    ids: Arc<dyn IdSource>,
}

impl HoldSlot {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            slots: Arc::clone(&ports.slots),
            guarded: ports.guarded.clone(),
            clock: Arc::clone(&ports.clock),
            calendar: Arc::clone(&ports.calendar),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// The hold. Who comes second has lost, be it at the lock or at the row: nobody waits.
    ///
    /// # Errors
    ///
    /// [`SlotError`] says why it is not kept.
    pub async fn run(
        &self,
        order: HoldOrder,
        receipt: Option<Receipt<'_, Hold>>,
    ) -> Result<Hold, SlotError> {
        let offer = self.slots.slot(order.slot).await?.ok_or(SlotRefusal::NoSlot)?;
        let place = offer.slot.place;
        if place.date < self.calendar.day(self.clock.now()) {
            return Err(SlotRefusal::DayOver(place.date).into());
        }
        let lock = RESERVE_SLOT.of([&place.channel, &place.date, &place.number]);
        let receipt = receipt.as_ref();
        let end = self.guarded.run(lock, |_| again(|| self.once(order, &offer, receipt))).await;
        match end {
            Ok(end) => end,
            Err(GuardError::Busy) => Err(SlotRefusal::Unavailable.into()),
            Err(fault @ (GuardError::Unavailable(_) | GuardError::Lost)) => Err(fault.into()),
        }
    }

    /// The slot's row is written before the hold's: the other way round, the key that leads from
    /// the hold to the slot makes those who race for it wait for each other.
    async fn once(
        &self,
        HoldOrder { member, slot, token }: HoldOrder,
        offer: &SlotOffer,
        receipt: Option<&Receipt<'_, Hold>>,
    ) -> Result<Hold, SlotError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        if offer.queue {
            admitted(&mut *unit, token, offer.slot.place.channel, member, now).await?;
        }

        let hold = Hold::of(HoldId::from_bits(self.ids.next()), &offer.slot, member, now);
        if !unit.slots().take(&hold).await? {
            return Err(SlotRefusal::Unavailable.into());
        }
        let before = unit.slots().hold_of(slot).await?;
        let before = before.map(|lapsed| lapsed.expired(now)).transpose()?;
        if let Some(lapsed) = &before {
            unit.slots().write_hold(lapsed).await?;
        }
        unit.slots().insert_hold(&hold).await?;

        tell(&mut *unit, before.iter().chain([&hold]).collect()).await?;
        // Counted behind the member's event: no other unit of the member's can come between.
        if unit.slots().held_by(member, now).await? > MOST_HELD {
            return Err(SlotRefusal::TooManyHolds.into());
        }
        keep(&mut *unit, member, receipt, &hold, now).await?;
        unit.commit().await?;
        Ok(hold)
    }
}
