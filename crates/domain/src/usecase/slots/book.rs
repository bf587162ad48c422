use std::sync::Arc;

use super::{SlotError, SlotRefusal, admitted, order_number, tell};
use crate::{
    model::{Hold, HoldId, Making, MemberId, QueueToken, VideoId},
    port::{Booking, Catalog, Clock, Ports, SlotReader, Store},
    usecase::{
        again::again,
        guarded::{Guarded, POINTS_OUT},
        points::till::Cashier,
        receipt::{Receipt, keep},
    },
};

/// Which hold is to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookOrder {
    /// Who pays.
    pub member: MemberId,
    /// The hold.
    pub hold: HoldId,
    /// What is to be broadcast.
    pub video: VideoId,
    /// What lets the member in, where one has to queue.
    pub token: Option<QueueToken>,
}

/// Books a slot that is held: pays it with points.
#[derive(Clone)]
pub struct BookSlot {
    store: Arc<dyn Store>,
    catalog: Arc<dyn Catalog>,
    slots: Arc<dyn SlotReader>,
    guarded: Guarded,
    clock: Arc<dyn Clock>,
    cashier: Cashier,
}

impl BookSlot {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            catalog: Arc::clone(&ports.catalog),
            slots: Arc::clone(&ports.slots),
            guarded: ports.guarded.clone(),
            clock: Arc::clone(&ports.clock),
            cashier: Cashier::new(ports),
        }
    }

    /// The hold, booked: points, slot and queue token in one.
    ///
    /// # Errors
    ///
    /// [`SlotError`] says why it is not booked; then nothing was spent.
    pub async fn run(
        &self,
        order: BookOrder,
        receipt: Option<Receipt<'_, Hold>>,
    ) -> Result<Hold, SlotError> {
        let BookOrder { member, hold, video, .. } = order;
        let booking = self.slots.booking(member, hold).await?.ok_or(SlotRefusal::NoHold)?;
        // A video that is ready stays so.
        let found = self.catalog.video(member, video).await?.ok_or(SlotRefusal::NoVideo)?;
        match found.row.making {
            Making::Ready(_) => {}
            Making::Failed(failure) => {
                return Err(SlotRefusal::VideoFailed(Box::new(failure)).into());
            }
            Making::Canceled => return Err(SlotRefusal::VideoCanceled.into()),
            Making::Requested
            | Making::Submitting { .. }
            | Making::Working { .. }
            | Making::Collecting { .. }
            | Making::Unresolved { .. } => return Err(SlotRefusal::VideoNotReady.into()),
        }
        let lock = POINTS_OUT.of([&member]);
        let receipt = receipt.as_ref();
        self.guarded.run(lock, |_| again(|| self.once(order, &booking, receipt))).await?
    }

    async fn once(
        &self,
        BookOrder { member, hold, video, token }: BookOrder,
        booking: &Booking,
        receipt: Option<&Receipt<'_, Hold>>,
    ) -> Result<Hold, SlotError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let ticket = if booking.queue {
            Some(admitted(&mut *unit, token, booking.hold.place.channel, member, now).await?)
        } else {
            None
        };
        let held = unit.slots().hold(hold).await?.ok_or(SlotRefusal::NoHold)?;

        let booked = held.reserved(video, now)?;

        unit.slots().write_hold(&booked).await?;
        if let Some(ticket) = ticket {
            unit.slots().use_ticket(&ticket.used(now)).await?;
        }
        let (number, mut till) = (order_number(hold), self.cashier.till(&mut *unit, now));
        let spent = till.spend(member, &number, booked.price).await;
        spent.map_err(|error| error.map(SlotRefusal::Points))?;
        tell(&mut *unit, vec![&booked]).await?;
        keep(&mut *unit, member, receipt, &booked, now).await?;
        unit.commit().await?;
        Ok(booked)
    }
}
