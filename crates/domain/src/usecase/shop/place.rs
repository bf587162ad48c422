use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::counter::{Done, ShopRefusal, refused, tell};
use crate::{
    model::{
        Coupon, CouponId, EventKind, MemberId, Order, OrderId, Pack, PackId, PointsRefusal,
        SettingsVersion, Taken,
    },
    port::{Ports, SettingsReader, UnitOfWork},
    usecase::{
        again::again,
        books::BooksError,
        coupons,
        office::Office,
        receipt::{Receipt, keep},
    },
};

/// What is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which pack.
    pub pack: PackId,
    /// How many.
    pub quantity: i64,
    /// The coupon to use.
    pub coupon: Option<CouponId>,
}

/// How the stock was kept from being sold twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockGuard {
    /// It was written only if nobody else had written since it was read.
    Version,
    /// Nobody else could read it to write until the order was taken.
    Held,
}

/// An order that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedOrder {
    /// The order.
    pub order: Order,
    /// How the stock was kept.
    pub guard: StockGuard,
}

/// Takes an order: the packs are kept for it, and the coupon is used.
#[derive(Clone)]
pub struct PlaceOrder {
    office: Office,
    settings: Arc<dyn SettingsReader>,
}

impl PlaceOrder {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { office: Office::new(ports), settings: Arc::clone(&ports.settings) }
    }

    /// The order, which waits for its payment.
    ///
    /// Whoever finds that somebody else was quicker with the stock waits in line the next time.
    ///
    /// # Errors
    ///
    /// [`BooksError::Refused`] says why it was not taken.
    pub async fn run(
        &self,
        member: MemberId,
        wanted: Wanted,
        receipt: Option<Receipt<'_, PlacedOrder>>,
    ) -> Result<PlacedOrder, BooksError<ShopRefusal>> {
        let hurried = AtomicBool::new(false);
        let once = || async {
            let end = self.once(member, wanted, &hurried, receipt.as_ref()).await;
            hurried.store(true, Ordering::Relaxed);
            end
        };
        again(once).await
    }

    async fn once(
        &self,
        member: MemberId,
        wanted: Wanted,
        hurried: &AtomicBool,
        receipt: Option<&Receipt<'_, PlacedOrder>>,
    ) -> Done<PlacedOrder> {
        let mut unit = self.office.begin().await?;
        let (pack, guard) =
            reserve(&mut *unit, wanted.pack, hurried.load(Ordering::Relaxed)).await?;
        let coupon = match wanted.coupon {
            Some(id) => Some(of_member(&mut *unit, member, id).await?),
            None => None,
        };
        let (id, now) = (OrderId::from_bits(self.office.next_id()), self.office.now());

        let taken = Order::take((id, member), (&pack, wanted.quantity), coupon.as_ref(), now);
        let Taken { order, pack, coupon } = taken.map_err(refused)?;
        self.check(order.parts().points).await?;

        if order.parts().reserved > 0 {
            unit.shop().update_pack(&pack).await?;
        }
        if let Some(used) = &coupon {
            unit.coupons().update_coupon(used).await?;
        }
        unit.shop().insert_order(&order).await?;
        if let Some(used) = &coupon {
            coupons::tell(&mut *unit, EventKind::CouponUsed, used, now).await?;
        }
        tell(&mut *unit, EventKind::OrderCreated, &order, &self.office).await?;
        let placed = PlacedOrder { order, guard };
        keep(&mut *unit, member, receipt, &placed, now).await?;
        unit.commit().await?;
        Ok(placed)
    }
}

impl PlaceOrder {
    /// More points than are charged at once could not be paid for.
    async fn check(&self, points: i64) -> Done<()> {
        let settings = self.settings.settings(SettingsVersion::default()).await?;
        let (step, most) = (settings.points.charge_step, settings.points.most_charged);
        if points <= most {
            return Ok(());
        }
        let amount = PointsRefusal::Amount { least: step, most, step };
        Err(BooksError::Refused(ShopRefusal::Points(amount)))
    }
}

/// The pack as it stands; held where many want it or few are left.
async fn reserve(unit: &mut dyn UnitOfWork, id: PackId, hurried: bool) -> Done<(Pack, StockGuard)> {
    let no_pack = BooksError::Refused(ShopRefusal::NoPack);
    let Some(pack) = unit.shop().pack(id).await? else { return Err(no_pack) };
    if !hurried && !pack.is_contended() {
        return Ok((pack, StockGuard::Version));
    }
    let held = unit.shop().hold_pack(id).await?;
    held.map(|pack| (pack, StockGuard::Held)).ok_or(no_pack)
}

async fn of_member(unit: &mut dyn UnitOfWork, member: MemberId, id: CouponId) -> Done<Coupon> {
    let coupon = unit.coupons().coupon(id).await?;
    let mine = coupon.filter(|coupon| coupon.parts().member == member);
    mine.ok_or(BooksError::Refused(ShopRefusal::NoCoupon))
}
