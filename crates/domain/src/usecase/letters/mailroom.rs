use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::{
    model::{MemberId, News, Production, ProjectId, Task, Work},
    port::{Clock, Mailer, Ports, StoreError, UnitOfWork},
};

/// Has letters written where they are wanted, in the unit that makes them necessary.
#[derive(Clone)]
pub(in crate::usecase) struct Mailroom {
    mail: Arc<dyn Mailer>,
    clock: Arc<dyn Clock>,
}

impl Mailroom {
    pub(in crate::usecase) fn new(ports: &Ports) -> Self {
        Self { mail: Arc::clone(&ports.mail), clock: Arc::clone(&ports.clock) }
    }

    /// Whether letters are sent at all.
    pub(super) fn is_open(&self) -> bool {
        self.mail.sends()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The owner of a production is told what became of it.
    pub(in crate::usecase) async fn tell_of(
        &self,
        unit: &mut dyn UnitOfWork,
        production: &Production,
    ) -> Result<(), StoreError> {
        let Some(news) = production.changes().news else { return Ok(()) };
        let (member, project) = (production.project().member(), production.project().id());
        self.tell(unit, member, project, news).await
    }

    /// A member is told, who has an address and wants to be: whether that is still so is looked at
    /// again when the letter is sent.
    pub(super) async fn tell(
        &self,
        unit: &mut dyn UnitOfWork,
        member: MemberId,
        project: ProjectId,
        news: News,
    ) -> Result<(), StoreError> {
        if !self.is_open() {
            return Ok(());
        }
        let account = unit.access().account(member).await?;
        let wanted =
            account.is_some_and(|account| account.profile.address_for(news.kind()).is_some());
        if !wanted {
            return Ok(());
        }
        let (task, due) = (Task::SendLetter(news), self.now());
        unit.work().push(&[Work { member, project, task, due }]).await
    }
}
