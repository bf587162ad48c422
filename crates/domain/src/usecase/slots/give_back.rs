use std::sync::Arc;

use super::{SlotError, SlotRefusal, tell};
use crate::{
    model::{Hold, HoldId, MemberId},
    port::{Clock, Ports, Store},
    usecase::{
        again::again,
        receipt::{Receipt, keep},
    },
};

/// Gives a slot back that is held and not paid.
#[derive(Clone)]
pub struct GiveBackSlot {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl GiveBackSlot {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { store: Arc::clone(&ports.store), clock: Arc::clone(&ports.clock) }
    }

    /// The hold as it is then; one that was over before is as it was.
    ///
    /// # Errors
    ///
    /// [`SlotError`] if the member has no such hold, or it was paid.
    pub async fn run(
        &self,
        member: MemberId,
        id: HoldId,
        receipt: Option<Receipt<'_, Hold>>,
    ) -> Result<Hold, SlotError> {
        again(|| self.once(member, id, receipt.as_ref())).await
    }

    async fn once(
        &self,
        member: MemberId,
        id: HoldId,
        receipt: Option<&Receipt<'_, Hold>>,
    ) -> Result<Hold, SlotError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let found = unit.slots().hold(id).await?;
        let hold = found.filter(|hold| hold.member == member).ok_or(SlotRefusal::NoHold)?;

        let released = hold.released(now)?;

        if released != hold {
            unit.slots().write_hold(&released).await?;
            tell(&mut *unit, vec![&released]).await?;
        }
        keep(&mut *unit, member, receipt, &released, now).await?;
        unit.commit().await?;
        Ok(released)
    }
}
