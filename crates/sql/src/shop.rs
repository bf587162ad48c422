use async_trait::async_trait;
use castad_domain::{
    model::{MemberId, Order, OrderId, Pack, PackId},
    port::{MAX_PAGE, Page, ShopBook, ShopReader, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    dialect,
    fault::{one_row, store_error},
    row::{OrderRow, OrderWrite, PackRow, bits, order_columns, pack_columns},
    store::{Sql, Unit},
};

texts! {
    PACK = concat!("SELECT ", pack_columns!(), " FROM packs WHERE id = ?");
    PACKS = concat!(
        "SELECT ", pack_columns!(), " FROM packs WHERE id < ? ORDER BY id DESC LIMIT ?"
    );
    INSERT_PACK =
        "INSERT INTO packs (id, name, points, price, stock, hot, created_at, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_PACK =
        "UPDATE packs SET name = ?, points = ?, price = ?, stock = ?, hot = ?, \
         version = version + 1 WHERE id = ? AND version = ?";
    ORDER = concat!("SELECT ", order_columns!(), " FROM orders WHERE id = ?");
    ORDER_OF = concat!("SELECT ", order_columns!(), " FROM orders WHERE id = ? AND member_id = ?");
    ORDERS = concat!(
        "SELECT ", order_columns!(), " FROM orders \
         WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
    );
    UNPAID =
        "SELECT id FROM orders WHERE state = 'pending' AND due_at <= ? \
         ORDER BY due_at, id LIMIT ?";
    DOUBTFUL =
        "SELECT id FROM orders WHERE state IN ('paying', 'closing') AND due_at <= ? \
         ORDER BY due_at, id LIMIT ?";
    INSERT_ORDER =
        "INSERT INTO orders (id, member_id, pack_id, quantity, points, total, discount, coupon_id, \
         reserved, state, changed_at, payment, lot_id, ending, attempted, created_at, expires_at, \
         due_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_ORDER =
        "UPDATE orders SET state = ?, changed_at = ?, payment = ?, lot_id = ?, ending = ?, \
         attempted = ?, due_at = ?, version = version + 1 WHERE id = ? AND version = ?";
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: Uuid,
}

#[async_trait]
impl ShopBook for Unit {
    async fn insert_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        let (parts, terms) = (pack.parts(), &pack.parts().terms);
        execute!(
            self.link(),
            INSERT_PACK,
            bits(parts.id.to_bits()),
            terms.name.as_str(),
            terms.points,
            terms.price,
            terms.stock,
            terms.hot,
            parts.created_at,
            parts.version,
        )?;
        Ok(())
    }

    async fn pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError> {
        let row = fetch_optional!(self.link(), PackRow, PACK, bits(id.to_bits()))?;
        row.map(PackRow::pack).transpose()
    }

    async fn hold_pack(&mut self, id: PackId) -> Result<Option<Pack>, StoreError> {
        let row = dialect::hold_pack(self.link(), bits(id.to_bits())).await;
        row.map_err(store_error)?.map(PackRow::pack).transpose()
    }

    async fn update_pack(&mut self, pack: &Pack) -> Result<(), StoreError> {
        let (parts, terms) = (pack.parts(), &pack.parts().terms);
        one_row(execute!(
            self.link(),
            UPDATE_PACK,
            terms.name.as_str(),
            terms.points,
            terms.price,
            terms.stock,
            terms.hot,
            bits(parts.id.to_bits()),
            parts.version,
        )?)
    }

    async fn insert_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let (parts, state) = (order.parts(), OrderWrite::of(&order.parts().state));
        execute!(
            self.link(),
            INSERT_ORDER,
            bits(parts.id.to_bits()),
            bits(parts.member.to_bits()),
            bits(parts.pack.to_bits()),
            parts.quantity,
            parts.points,
            parts.total,
            parts.discount,
            parts.coupon.map(|id| bits(id.to_bits())),
            parts.reserved,
            parts.state.name(),
            state.changed_at,
            state.payment,
            state.lot,
            state.ending,
            parts.attempted,
            parts.created_at,
            parts.expires_at,
            order.due_at(),
            parts.version,
        )?;
        Ok(())
    }

    async fn order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row = fetch_optional!(self.link(), OrderRow, ORDER, bits(id.to_bits()))?;
        row.map(OrderRow::order).transpose()
    }

    async fn hold_order(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row = dialect::hold_order(self.link(), bits(id.to_bits())).await;
        row.map_err(store_error)?.map(OrderRow::order).transpose()
    }

    async fn update_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let (parts, state) = (order.parts(), OrderWrite::of(&order.parts().state));
        one_row(execute!(
            self.link(),
            UPDATE_ORDER,
            parts.state.name(),
            state.changed_at,
            state.payment,
            state.lot,
            state.ending,
            parts.attempted,
            order.due_at(),
            bits(parts.id.to_bits()),
            parts.version,
        )?)
    }
}

/// The bound that a page begins behind, and its length.
fn bounds(page: Page) -> (Uuid, u32) {
    (page.after.map_or(Uuid::max(), bits), page.limit.min(MAX_PAGE))
}

fn ids(rows: Vec<IdRow>) -> Vec<OrderId> {
    rows.into_iter().map(|row| OrderId::from_bits(row.id.as_u128())).collect()
}

#[async_trait]
impl ShopReader for Sql {
    async fn packs(&self, page: Page) -> Result<Vec<Pack>, StoreError> {
        let (after, limit) = bounds(page);
        let rows = fetch_all!(self.reader().await?.link(), PackRow, PACKS, after, limit)?;
        rows.into_iter().map(PackRow::pack).collect()
    }

    async fn orders(&self, of: MemberId, page: Page) -> Result<Vec<Order>, StoreError> {
        let (of, (after, limit)) = (bits(of.to_bits()), bounds(page));
        let rows = fetch_all!(self.reader().await?.link(), OrderRow, ORDERS, of, after, limit)?;
        rows.into_iter().map(OrderRow::order).collect()
    }

    async fn order_of(&self, of: MemberId, id: OrderId) -> Result<Option<Order>, StoreError> {
        let (of, id) = (bits(of.to_bits()), bits(id.to_bits()));
        let row = fetch_optional!(self.reader().await?.link(), OrderRow, ORDER_OF, id, of)?;
        row.map(OrderRow::order).transpose()
    }

    async fn unpaid_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let rows = fetch_all!(self.reader().await?.link(), IdRow, UNPAID, now, limit)?;
        Ok(ids(rows))
    }

    async fn doubtful_orders(
        &self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let rows = fetch_all!(self.reader().await?.link(), IdRow, DOUBTFUL, now, limit)?;
        Ok(ids(rows))
    }
}
