//! The books, looked at as a whole. These texts walk through tables by design; nobody waits for them.

use async_trait::async_trait;
use castad_domain::port::{Auditor, BookRule, Finding, StoreError};
use uuid::Uuid;

use crate::store::Sql;

#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
}

const ENTRIES: &str = "SELECT a.member_id AS id FROM point_accounts a WHERE a.balance <> \
    (SELECT COALESCE(SUM(e.amount), 0) FROM point_entries e WHERE e.member_id = a.member_id) LIMIT ?";

const LOTS: &str = "SELECT a.member_id AS id FROM point_accounts a WHERE a.balance <> \
    (SELECT COALESCE(SUM(l.remaining), 0) FROM point_lots l \
      WHERE l.member_id = a.member_id AND l.live_until IS NOT NULL) LIMIT ?";

const TOTALS: &str = "SELECT t.member_id AS id FROM point_totals t \
    LEFT JOIN point_accounts a ON a.member_id = t.member_id \
    WHERE a.member_id IS NULL OR a.balance <> t.available \
      OR t.available <> t.accumulated - t.used - t.expired \
    UNION ALL SELECT a.member_id AS id FROM point_accounts a \
    LEFT JOIN point_totals t ON t.member_id = a.member_id \
    WHERE a.version > 0 AND t.member_id IS NULL LIMIT ?";

const DETAILS: &str = "SELECT u.id AS id FROM point_usages u \
    LEFT JOIN (SELECT usage_id, SUM(amount) AS amount, SUM(canceled) AS canceled \
      FROM point_usage_details GROUP BY usage_id) d ON d.usage_id = u.id \
    LEFT JOIN (SELECT usage_id, SUM(amount) AS amount FROM point_entries \
      WHERE usage_id IS NOT NULL GROUP BY usage_id) e ON e.usage_id = u.id \
    WHERE d.usage_id IS NULL OR d.amount <> u.amount OR d.canceled <> u.canceled \
      OR e.usage_id IS NULL OR e.amount <> u.canceled - u.amount LIMIT ?";

const ISSUED: &str = "SELECT g.id AS id FROM campaigns g WHERE g.issued > g.total \
    OR g.issued <> (SELECT COUNT(*) FROM coupons c WHERE c.campaign_id = g.id AND c.state <> 'revoked') \
    LIMIT ?";

const NUMBERS: &str = "SELECT g.id AS id FROM campaigns g \
    LEFT JOIN (SELECT campaign_id, COUNT(*) AS many, MAX(number) AS most, MIN(number) AS least \
      FROM coupons GROUP BY campaign_id) c ON c.campaign_id = g.id \
    WHERE COALESCE(c.many, 0) <> g.last_number OR COALESCE(c.most, 0) <> g.last_number \
      OR COALESCE(c.least, 1) <> 1 LIMIT ?";

const REQUESTS: &str = "SELECT r.id AS id FROM coupon_requests r \
    LEFT JOIN coupons c ON c.id = r.coupon_id \
    WHERE r.state = 'issued' AND (c.id IS NULL OR c.member_id <> r.member_id \
      OR c.campaign_id <> r.campaign_id) LIMIT ?";

const PLACES: &str = "SELECT r.id AS id FROM coupon_requests r \
    LEFT JOIN coupon_lines n ON n.campaign_id = r.campaign_id \
    WHERE n.campaign_id IS NULL OR r.place NOT BETWEEN 1 AND n.last_place \
      OR EXISTS (SELECT 1 FROM coupon_requests s \
        WHERE s.campaign_id = r.campaign_id AND s.place = r.place AND s.id < r.id) LIMIT ?";

/// Those whose number is below one that somebody before them has, and those who wait although
/// somebody behind them does not.
const TURNS: &str = "SELECT served.id AS id FROM (SELECT r.id, c.number, \
      MAX(c.number) OVER (PARTITION BY r.campaign_id ORDER BY r.place \
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest \
      FROM coupon_requests r JOIN coupons c ON c.id = r.coupon_id) served \
    WHERE served.number <= served.highest \
    UNION SELECT r.id AS id FROM coupon_requests r \
    JOIN (SELECT campaign_id, MAX(place) AS last FROM coupon_requests \
      WHERE state <> 'waiting' GROUP BY campaign_id) passed ON passed.campaign_id = r.campaign_id \
    WHERE r.state = 'waiting' AND r.place < passed.last LIMIT ?";

/// An order that has ended has given its coupon back, and keeps in mind which that was.
const COUPON_USES: &str = "SELECT c.id AS id FROM coupons c LEFT JOIN orders o ON o.id = c.order_id \
    WHERE c.state = 'used' AND (o.id IS NULL OR o.coupon_id IS NULL OR o.coupon_id <> c.id \
      OR o.state IN ('expired', 'canceled')) \
    UNION SELECT o.coupon_id AS id FROM orders o LEFT JOIN coupons c ON c.id = o.coupon_id \
    WHERE o.coupon_id IS NOT NULL AND o.state NOT IN ('expired', 'canceled') \
      AND (c.id IS NULL OR c.state <> 'used' OR c.order_id <> o.id) LIMIT ?";

/// Points name the order that they were bought with; once that is not paid they were taken back.
const ORDERS: &str = "SELECT o.id AS id FROM orders o LEFT JOIN point_lots l ON l.id = o.lot_id \
    WHERE o.state = 'paid' AND (l.id IS NULL OR l.member_id <> o.member_id \
      OR l.amount <> o.points) \
    UNION SELECT o.id AS id FROM point_lots l \
    JOIN orders o ON l.source = CONCAT('ord_', LOWER(HEX(o.id))) \
    WHERE l.kind = 'charge' AND l.origin_id IS NULL AND l.state <> 'canceled' \
      AND (o.lot_id IS NULL OR o.lot_id <> l.id) LIMIT ?";

const SLOTS: &str = "SELECT s.id AS id FROM slots s LEFT JOIN holds h ON h.id = s.hold_id \
    WHERE s.state <> 'available' AND (h.id IS NULL OR h.active_slot IS NULL \
      OR h.active_slot <> s.id OR h.state <> s.state) \
    UNION ALL SELECT h.id AS id FROM holds h LEFT JOIN slots s ON s.id = h.active_slot \
    WHERE h.active_slot IS NOT NULL AND (s.id IS NULL OR s.hold_id IS NULL OR s.hold_id <> h.id) LIMIT ?";

const BOOKINGS: &str = "SELECT h.id AS id FROM holds h \
    LEFT JOIN point_usages u ON u.member_id = h.member_id \
      AND u.order_number = CONCAT('SLOT-hld_', LOWER(HEX(h.id))) \
    WHERE (h.state = 'reserved' AND (u.id IS NULL OR u.canceled > 0 OR u.amount <> h.price)) \
      OR (h.state <> 'reserved' AND u.id IS NOT NULL AND u.canceled <> u.amount) LIMIT ?";

/// Every stage that was paid for, with what became of the stage and of the points.
macro_rules! stages {
    ($where:literal) => {
        concat!(
            "SELECT u.id AS id FROM point_usages u \
             LEFT JOIN lyrics l ON u.order_number LIKE 'GEN-%-lyric-%' \
               AND l.id = UNHEX(SUBSTR(u.order_number, -32)) \
             LEFT JOIN songs s ON u.order_number LIKE 'GEN-%-song-%' \
               AND s.id = UNHEX(SUBSTR(u.order_number, -32)) \
             LEFT JOIN videos v ON u.order_number LIKE 'GEN-%-video-%' \
               AND v.id = UNHEX(SUBSTR(u.order_number, -32)) \
             WHERE u.order_number LIKE 'GEN-%' AND ",
            $where,
            " LIMIT ?"
        )
    };
}

const SPENDS: &str = stages!("l.id IS NULL AND s.id IS NULL AND v.id IS NULL");
const REFUNDS: &str = stages!(
    "COALESCE(l.state, s.state, v.state) IN ('failed', 'canceled') AND u.canceled <> u.amount"
);
const DELIVERIES: &str =
    stages!("COALESCE(l.state, s.state, v.state) NOT IN ('failed', 'canceled') AND u.canceled > 0");

#[async_trait]
impl Auditor for Sql {
    async fn audit(&self, rule: BookRule, most: u32) -> Result<Vec<Finding>, StoreError> {
        let text = match rule {
            BookRule::Entries => ENTRIES,
            BookRule::Lots => LOTS,
            BookRule::Totals => TOTALS,
            BookRule::Details => DETAILS,
            BookRule::Issued => ISSUED,
            BookRule::Numbers => NUMBERS,
            BookRule::Requests => REQUESTS,
            BookRule::Places => PLACES,
            BookRule::Turns => TURNS,
            BookRule::CouponUses => COUPON_USES,
            BookRule::Orders => ORDERS,
            BookRule::Slots => SLOTS,
            BookRule::Bookings => BOOKINGS,
            BookRule::Spends => SPENDS,
            BookRule::Refunds => REFUNDS,
            BookRule::Deliveries => DELIVERIES,
        };
        let mut held = self.background().reader().await?;
        let found = fetch_all!(held.link(), Found, text, i64::from(most))?;
        Ok(found.into_iter().map(|found| Finding { rule, id: found.id.as_u128() }).collect())
    }
}
