use std::sync::Arc;

use super::SlotError;
use crate::{
    model::{ActionKind, By, Channel, ChannelId, ChannelPlan, NewAction, Slot, SlotId, SlotState},
    port::{Calendar, Clock, IdSource, Ports, Store},
    usecase::receipt::{Receipt, keep},
};

/// Opens a channel with all its slots.
#[derive(Clone)]
pub struct OpenChannel {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    calendar: Arc<dyn Calendar>,
    ids: Arc<dyn IdSource>,
}

impl OpenChannel {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            clock: Arc::clone(&ports.clock),
            calendar: Arc::clone(&ports.calendar),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// The channel; every slot of it is available.
    ///
    /// # Errors
    ///
    /// [`SlotError`] says which rule the plan breaks.
    pub async fn run(
        &self,
        by: impl Into<By> + Send,
        plan: ChannelPlan,
        receipt: Option<Receipt<'_, Channel>>,
    ) -> Result<Channel, SlotError> {
        let (by, now) = (by.into(), self.clock.now());
        let today = self.calendar.day(now);
        let channel = Channel::open(ChannelId::from_bits(self.ids.next()), plan, (now, today))?;
        let slot = |place| Slot {
            id: SlotId::from_bits(self.ids.next()),
            place,
            price: channel.price,
            state: SlotState::Available,
        };
        let slots: Vec<Slot> = channel.places().map(slot).collect();

        let mut unit = self.store.begin().await?;
        unit.slots().insert_channel(&channel, &slots).await?;
        let details = [("name", channel.name.as_str().into()), ("price", channel.price.into())];
        let action = NewAction::new(&by, ActionKind::ChannelOpened, &channel.id, now, details);
        unit.actions().note(&action).await?;
        keep(&mut *unit, by.member, receipt.as_ref(), &channel, now).await?;
        unit.commit().await?;
        Ok(channel)
    }
}
