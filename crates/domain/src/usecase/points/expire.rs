use std::{collections::HashSet, sync::Arc};

use super::{desk::Desk, till::Changed};
use crate::{
    model::{ActionKind, By, MemberId, NewAction, PointsRefusal},
    port::{PointsReader, Ports},
    usecase::{
        BooksError,
        again::{Contended, again},
        guarded::{EXPIRE_POINTS, GuardError},
    },
};

/// How many members are looked up at once.
const PAGE: u32 = 100;

/// Writes off points that are past their time.
#[derive(Clone)]
pub struct ExpireLots {
    desk: Desk,
    points: Arc<dyn PointsReader>,
}

impl ExpireLots {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports), points: Arc::clone(&ports.points) }
    }

    /// Goes through all members who have such points, one transaction each, and says how many
    /// points were written off; none while somebody else is at it. What an admin orders is noted, a
    /// member at a time; what is done of itself is not.
    ///
    /// A member whose account others hold for too long is left to the next time.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when not all of it could be done.
    pub async fn run(&self, by: Option<&By>) -> Result<i64, BooksError<PointsRefusal>> {
        match self.desk.guarded.run(EXPIRE_POINTS.of([]), async |_| self.all(by).await).await {
            Err(GuardError::Busy) => Ok(0),
            Err(refused @ (GuardError::Unavailable(_) | GuardError::Lost)) => Err(refused.into()),
            Ok(end) => end,
        }
    }

    async fn all(&self, by: Option<&By>) -> Changed<i64> {
        let (mut lost, mut left_out) = (0, HashSet::new());
        loop {
            let members = self.points.overdue(self.desk.now(), PAGE).await?;
            let before = left_out.len();
            let mut done = false;
            for member in members {
                match again(|| self.once(by, member)).await {
                    Ok(points) => {
                        lost += points;
                        done |= points > 0;
                    }
                    Err(busy) if busy.is_conflict() => {
                        left_out.insert(member);
                    }
                    Err(error) => return Err(error),
                }
            }
            if !done && left_out.len() == before {
                return Ok(lost);
            }
        }
    }

    /// Writes off a member's.
    ///
    /// # Errors
    ///
    /// [`BooksError`] when that could not be done.
    async fn once(&self, by: Option<&By>, member: MemberId) -> Changed<i64> {
        let now = self.desk.now();
        let mut unit = self.desk.begin().await?;
        let lost = self.desk.cashier.till(&mut *unit, now).expire(member).await?;
        if let (Some(by), 1..) = (by, lost) {
            let (kind, details) = (ActionKind::PointsExpired, [("points", lost.into())]);
            unit.actions().note(&NewAction::new(by, kind, &member, now, details)).await?;
        }
        unit.commit().await?;
        Ok(lost)
    }
}
