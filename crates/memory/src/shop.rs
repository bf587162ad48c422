use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use castad_domain::{
    model::{MemberId, Order, OrderId, OrderState, Pack, PackId},
    port::{MAX_PAGE, Page, ShopBook, ShopReader, StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, unit::MemoryUnit};

/// Packs and orders.
#[derive(Clone, Default)]
pub(crate) struct Shop {
    packs: BTreeMap<PackId, Arc<Pack>>,
    pub(crate) orders: BTreeMap<OrderId, Arc<Order>>,
}

impl Shop {
    fn insert_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        let id = pack.parts().id;
        if self.packs.contains_key(&id) {
            return Err(StoreErrorKind::Duplicate.into());
        }
        self.packs.insert(id, Arc::new(pack.clone()));
        Ok(())
    }

    fn update_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        let read = pack.parts();
        let kept = self.packs.get_mut(&read.id).ok_or(StoreErrorKind::Conflict)?;
        if kept.parts().version != read.version {
            return Err(StoreErrorKind::Conflict.into());
        }
        *kept = Arc::new(pack.clone().written());
        Ok(())
    }

    fn insert_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let id = order.parts().id;
        if self.orders.contains_key(&id) {
            return Err(StoreErrorKind::Duplicate.into());
        }
        self.orders.insert(id, Arc::new(order.clone()));
        Ok(())
    }

    fn update_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let read = order.parts();
        let kept = self.orders.get_mut(&read.id).ok_or(StoreErrorKind::Conflict)?;
        if kept.parts().version != read.version {
            return Err(StoreErrorKind::Conflict.into());
        }
        *kept = Arc::new(order.clone().written());
        Ok(())
    }

    /// The orders in such states that are due, the longest overdue first.
    fn due(&self, now: DateTime<Utc>, limit: u32, such: fn(&OrderState) -> bool) -> Vec<OrderId> {
        let such = self.orders.values().filter(|order| such(&order.parts().state));
        let due = such.filter_map(|order| Some((order.due_at()?, order.parts().id)));
        let mut due: Vec<_> = due.filter(|(due, _)| *due <= now).collect();
        due.sort();
        due.into_iter().take(limit as usize).map(|(_, id)| id).collect()
    }
}

#[async_trait]
impl ShopBook for MemoryUnit {
    async fn insert_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        let pack = pack.clone();
        self.step(move |tables| tables.shop.insert_pack(&pack))
    }

    async fn pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError> {
        Ok(self.own().shop.packs.get(&id).map(|pack| Pack::clone(pack)))
    }

    /// Nobody waits in memory: who changed what another has changed since finds out at the commit.
    async fn hold_pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError> {
        self.pack(id).await
    }

    async fn update_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        let pack = pack.clone();
        self.step(move |tables| tables.shop.update_pack(&pack))
    }

    async fn insert_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let order = order.clone();
        self.step(move |tables| tables.shop.insert_order(&order))
    }

    async fn order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.own().shop.orders.get(&id).map(|order| Order::clone(order)))
    }

    async fn hold_order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        self.order(id).await
    }

    async fn update_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let order = order.clone();
        self.step(move |tables| tables.shop.update_order(&order))
    }
}

fn behind(page: Page, bits: u128) -> bool {
    page.after.is_none_or(|after| bits < after)
}

#[async_trait]
impl ShopReader for MemoryStore {
    async fn packs(&self, page: Page) -> Result<Vec<Pack>, StoreError> {
        let tables = self.snapshot();
        let newest = tables.shop.packs.values().rev();
        let behind = newest.filter(|pack| behind(page, pack.parts().id.to_bits()));
        Ok(behind.take(page.limit.min(MAX_PAGE) as usize).map(|p| Pack::clone(p)).collect())
    }

    async fn orders(&self, of: MemberId, page: Page) -> Result<Vec<Order>, StoreError> {
        let tables = self.snapshot();
        let newest = tables.shop.orders.values().rev().filter(|o| o.parts().member == of);
        let behind = newest.filter(|order| behind(page, order.parts().id.to_bits()));
        Ok(behind.take(page.limit.min(MAX_PAGE) as usize).map(|o| Order::clone(o)).collect())
    }

    async fn order_of(&self, of: MemberId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let tables = self.snapshot();
        let order = tables.shop.orders.get(&id).filter(|order| order.parts().member == of);
        Ok(order.map(|order| Order::clone(order)))
    }

    async fn unpaid_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let unpaid = |state: &OrderState| matches!(state, OrderState::Pending);
        Ok(self.snapshot().shop.due(now, limit, unpaid))
    }

    async fn doubtful_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let doubtful = |state: &OrderState| {
            matches!(state, OrderState::Paying { .. } | OrderState::Closing { .. })
        };
        Ok(self.snapshot().shop.due(now, limit, doubtful))
    }
}
