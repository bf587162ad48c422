use std::sync::Arc;

use chrono::NaiveDate;

use super::{SlotError, SlotRefusal};
use crate::{
    model::{ChannelId, MemberId, QueueToken},
    port::{Clock, IdSource, InQueue, Ports, SlotReader, Store},
    usecase::{
        again::again,
        receipt::{Receipt, keep},
    },
};

/// Stands in the queue before a channel.
#[derive(Clone)]
pub struct JoinQueue {
    store: Arc<dyn Store>,
    slots: Arc<dyn SlotReader>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl JoinQueue {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            store: Arc::clone(&ports.store),
            slots: Arc::clone(&ports.slots),
            clock: Arc::clone(&ports.clock),
            ids: Arc::clone(&ports.ids),
        }
    }

    /// The member's ticket: the one that they have, as long as it is of use. It is good for every
    /// day of the channel; one that is named must be among them.
    ///
    /// # Errors
    ///
    /// [`SlotError`] if nobody queues for such a channel.
    pub async fn run(
        &self,
        member: MemberId,
        channel: ChannelId,
        date: Option<NaiveDate>,
        receipt: Option<Receipt<'_, InQueue>>,
    ) -> Result<InQueue, SlotError> {
        let found = self.slots.channel(channel).await?.ok_or(SlotRefusal::NoChannel)?;
        if let Some(date) = date.filter(|date| !found.dates.contains(date)) {
            return Err(SlotRefusal::NotOnAir(date).into());
        }
        again(|| self.once(member, channel, receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        channel: ChannelId,
        receipt: Option<&Receipt<'_, InQueue>>,
    ) -> Result<InQueue, SlotError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let mut queue = unit.slots().queue(channel).await?.ok_or(SlotRefusal::NoQueue)?;
        let newest = unit.slots().newest_ticket(channel, member).await?;

        let live = newest.filter(|ticket| ticket.state(now).is_live());
        let ticket = if let Some(ticket) = live {
            ticket
        } else {
            let token = QueueToken::from_bits(self.ids.next());
            let ticket = queue.issue(token, member, now);
            unit.slots().issue(&ticket, &queue).await?;
            ticket
        };

        let standing = InQueue { ticket, queue };
        keep(&mut *unit, member, receipt, &standing, now).await?;
        unit.commit().await?;
        Ok(standing)
    }
}
