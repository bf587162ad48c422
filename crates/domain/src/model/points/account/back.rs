use super::{
    Entry, EntryKind, Lot, LotKind, LotState, PointAccount, PointsRefusal, Reason, Stamp, Usage,
};
use crate::model::{LotId, PointLimits};

/// What is to come back of a use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cancellation {
    /// How much; the rest if nothing is said.
    pub amount: Option<i64>,
    /// Why.
    pub reason: Option<Reason>,
}

/// Points that came back to a lot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The lot that has them now.
    pub lot: LotId,
    /// How many.
    pub amount: i64,
    /// Whether the lot is a new one, for one that is past its time.
    pub reissued: bool,
}

/// What came back of a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    /// The use as it is now.
    pub usage: Usage,
    /// How many points came back.
    pub amount: i64,
    /// To which lots.
    pub restored: Vec<Restored>,
}

impl PointAccount {
    /// Adds lots that have no points any more, for a decision that needs them.
    pub fn recall(&mut self, lots: impl IntoIterator<Item = Lot>) {
        for lot in lots {
            if self.lots.iter().all(|kept| kept.id != lot.id) {
                self.lots.push(lot);
            }
        }
    }

    /// Gives back points of a use whose lots are all [recalled](Self::recall).
    ///
    /// Points whose lot is past its time come back as a new lot that is spent in the turn of the
    /// old one. The limit of a balance does not stop it: else a rightful cancellation would destroy
    /// points.
    ///
    /// # Errors
    ///
    /// [`PointsRefusal`] if fewer may come back.
    pub fn give_back(
        &mut self,
        usage: &Usage,
        wanted: &Cancellation,
        (limits, stamp): (&PointLimits, Stamp<'_>),
    ) -> Result<GivenBack, PointsRefusal> {
        let (usage, parts) = usage.cancel(wanted.amount)?;
        let expires_at = limits.expiry(None, stamp.at)?;
        let known = |id| self.lots.iter().any(|lot| lot.id == id);
        if !parts.iter().all(|part| known(part.lot)) {
            return Err(PointsRefusal::NoSuchLot);
        }

        let mut restored = Vec::new();
        for part in parts {
            let Some(lot) = self.lots.iter_mut().find(|lot| lot.id == part.lot) else { continue };
            let reissued = lot.is_over(stamp.at);
            let lot = if reissued {
                let lot = Lot {
                    id: LotId::from_bits((stamp.ids)()),
                    kind: LotKind::Reissue,
                    amount: part.amount,
                    remaining: part.amount,
                    state: LotState::Open,
                    expires_at,
                    created_at: stamp.at,
                    origin: Some(lot.id),
                    source: Some(usage.order.clone()),
                    ..lot.clone()
                };
                let id = lot.id;
                self.open(lot);
                id
            } else {
                lot.remaining += part.amount;
                self.touch(part.lot);
                part.lot
            };
            restored.push(Restored { lot, amount: part.amount, reissued });
        }
        let amount = restored.iter().map(|part| part.amount).sum();
        let (usage_id, order) = (Some(usage.id), Some(usage.order.clone()));
        let (entry, reason) =
            (self.entry(stamp, EntryKind::UseCanceled, amount), wanted.reason.clone());
        self.changes.entries.push(Entry { usage: usage_id, order, reason, ..entry });
        self.changes.returned.push(usage.clone());
        Ok(GivenBack { usage, amount, restored })
    }
}
