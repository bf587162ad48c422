use super::{Account, Entry, EntryKind, Lot, LotState, PointsRefusal, Stamp};
use crate::model::{EntryId, LotId, PointLimits};

/// Points that went from one member to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// What is written down of it where they went from.
    pub entry: EntryId,
    /// How many.
    pub amount: i64,
    /// The lots that came of it.
    pub lots: Vec<Lot>,
}

impl Account {
    /// Hands points over. What comes of a lot is of its kind, is spent in its turn, expires with it
    /// and names it.
    ///
    /// # Errors
    ///
    /// [`PointsRefusal`] if fewer are there, or the other one may not have so many.
    pub fn hand_over(
        &mut self,
        to: &mut Self,
        amount: i64,
        (limits, stamp): (&PointLimits, Stamp<'_>),
    ) -> Result<Transfer, PointsRefusal> {
        if self.member == to.member {
            return Err(PointsRefusal::SameMember);
        }
        limits.check_balance(to.balance(), amount.max(0))?;
        let parts = self.take(amount, stamp)?;

        let mut lots = Vec::new();
        for (origin, part) in parts {
            let Some(lot) = self.lots.iter().find(|lot| lot.id == origin) else { continue };
            let lot = Lot {
                id: LotId::from_bits((stamp.ids)()),
                member: to.member,
                amount: part,
                remaining: part,
                state: LotState::Open,
                created_at: stamp.at,
                origin: Some(origin),
                ..lot.clone()
            };
            to.open(lot.clone());
            lots.push(lot);
        }
        let gone = self.entry(stamp, EntryKind::Transferred, -amount);
        let come = to.entry(stamp, EntryKind::Transferred, amount);
        let entry = gone.id;
        self.changes.entries.push(Entry { counterpart: Some(to.member), ..gone });
        to.changes.entries.push(Entry { counterpart: Some(self.member), ..come });
        Ok(Transfer { entry, amount, lots })
    }
}
