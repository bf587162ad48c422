use std::sync::Arc;

use crate::{
    model::{CampaignId, Task, Work},
    port::{CouponReader, Ports, StoreError},
    usecase::{again::again, office::Office, sweep::sweep},
};

/// Calls somebody to serve a line whose job is gone. As a rule there is none: the job is pushed with
/// the place of the first who comes, and ends with the line.
///
/// Where two call at once there may be two jobs; the second finds nobody.
#[derive(Clone)]
pub struct CallServers {
    office: Office,
    reader: Arc<dyn CouponReader>,
}

impl CallServers {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports), reader: Arc::clone(&ports.coupons) }
    }

    /// For how many lines somebody was called.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if that could not be done for one or another; for the rest it was.
    pub async fn run(&self) -> Result<u64, StoreError> {
        let lines = |limit| self.reader.forsaken_lines(limit);
        sweep(lines, |campaign| again(move || self.one(campaign))).await
    }

    async fn one(&self, campaign: CampaignId) -> Result<bool, StoreError> {
        let mut unit = self.office.begin().await?;
        if unit.coupons().line(campaign).await?.is_none() {
            return Ok(false);
        }
        let first = unit.coupons().next_in_line(campaign, 1).await?.pop();
        unit.coupons().call_line(campaign, first.is_some()).await?;
        if let Some(first) = &first {
            let (project, task) = (Work::NO_PROJECT, Task::ServeLine(campaign));
            let (member, due) = (first.member, self.office.now());
            unit.work().push(&[Work { member, project, task, due }]).await?;
        }
        unit.commit().await?;
        Ok(first.is_some())
    }
}
