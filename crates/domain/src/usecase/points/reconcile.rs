use std::sync::Arc;

use super::{desk::Desk, till::Changed};
use crate::{
    model::{ActionKind, By, MemberId, NewAction, PointsRefusal, Reconciled},
    port::{PointsReader, Ports},
    usecase::{
        BooksError,
        again::{Contended, again},
    },
};

/// How many members are looked up at once.
const PAGE: u32 = 100;

/// Compares what is kept of a member's points with what was written down, and puts it right.
#[derive(Clone)]
pub struct ReconcilePoints {
    desk: Desk,
}

impl ReconcilePoints {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// What was found. What an admin has put right is noted.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when the store does not answer.
    pub async fn run(
        &self,
        by: Option<&By>,
        member: MemberId,
    ) -> Result<Reconciled, BooksError<PointsRefusal>> {
        match again(|| self.once(by, member)).await {
            Err(busy) if busy.is_conflict() => Ok(Reconciled::Skipped),
            end => end,
        }
    }

    async fn once(&self, by: Option<&By>, member: MemberId) -> Changed<Reconciled> {
        let mut unit = self.desk.begin().await?;
        let Some(account) = unit.points().hold(member).await? else {
            return Ok(Reconciled::Skipped);
        };
        if account.version() == 0 {
            return Ok(Reconciled::Skipped);
        }
        let (sums, kept) = unit.points().audit(member).await?;

        let found = match kept {
            None => Reconciled::Created,
            Some(kept) if kept == sums && account.recorded() == account.balance() => {
                return Ok(Reconciled::Matched);
            }
            Some(_) => Reconciled::Corrected,
        };

        unit.points().correct(&account, sums).await?;
        if let Some(by) = by {
            let (kind, details) = (ActionKind::PointsCorrected, [("found", found.name().into())]);
            let action = NewAction::new(by, kind, &member, self.desk.now(), details);
            unit.actions().note(&action).await?;
        }
        unit.commit().await?;
        Ok(found)
    }
}

/// Does so for every member who ever had points, one transaction each.
#[derive(Clone)]
pub struct ReconcileAll {
    one: ReconcilePoints,
    points: Arc<dyn PointsReader>,
}

impl ReconcileAll {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { one: ReconcilePoints::new(ports), points: Arc::clone(&ports.points) }
    }

    /// What was found of each. What an admin has put right is noted, a member at a time.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when the store does not answer.
    pub async fn run(
        &self,
        by: Option<&By>,
    ) -> Result<Vec<(MemberId, Reconciled)>, BooksError<PointsRefusal>> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let members = self.points.accounts(after, PAGE).await?;
            let Some(last) = members.last().copied() else { return Ok(found) };
            for member in members {
                found.push((member, self.one.run(by, member).await?));
            }
            after = Some(last);
        }
    }
}
