use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::port::{
    AccessBook, ActionBook, CouponBook, EventBook, PointsBook, ProductionRepository, ReplyBook,
    SettingsBook, ShopBook, SlotBook, Store, StoreError, UnitOfWork, WebhookBook, WorkOutbox,
};

use crate::suite::let_others_run;

/// The same store, but whoever begins a unit or is about to commit one lets others run: units of
/// several tasks overlap also where nothing is ever waited for.
#[must_use]
pub fn mingled(store: Arc<dyn Store>) -> Arc<dyn Store> {
    Arc::new(Mingled(store))
}

struct Mingled(Arc<dyn Store>);

struct Unit(Box<dyn UnitOfWork>);

#[async_trait]
impl Store for Mingled {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let unit = self.0.begin().await?;
        let_others_run().await;
        Ok(Box::new(Unit(unit)))
    }
}

#[async_trait]
impl UnitOfWork for Unit {
    fn productions(&mut self) -> &mut dyn ProductionRepository {
        self.0.productions()
    }

    fn events(&mut self) -> &mut dyn EventBook {
        self.0.events()
    }

    fn work(&mut self) -> &mut dyn WorkOutbox {
        self.0.work()
    }

    fn replies(&mut self) -> &mut dyn ReplyBook {
        self.0.replies()
    }

    fn access(&mut self) -> &mut dyn AccessBook {
        self.0.access()
    }

    fn points(&mut self) -> &mut dyn PointsBook {
        self.0.points()
    }

    fn coupons(&mut self) -> &mut dyn CouponBook {
        self.0.coupons()
    }

    fn shop(&mut self) -> &mut dyn ShopBook {
        self.0.shop()
    }

    fn slots(&mut self) -> &mut dyn SlotBook {
        self.0.slots()
    }

    fn settings(&mut self) -> &mut dyn SettingsBook {
        self.0.settings()
    }

    fn webhooks(&mut self) -> &mut dyn WebhookBook {
        self.0.webhooks()
    }

    fn actions(&mut self) -> &mut dyn ActionBook {
        self.0.actions()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let_others_run().await;
        self.0.commit().await
    }
}
