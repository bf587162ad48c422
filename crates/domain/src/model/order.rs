use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Coupon, CouponId, CouponRefusal, IllegalTransition, LotId, MemberId, OrderId, Pack, PackId,
    PaymentRef,
};

/// How an order ends that is not paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nobody paid in time.
    Expired,
    /// Its member, or a fault, ended it.
    Canceled,
}

/// Where an order stands.
///
/// ```text
/// Pending --tried--> Paying --paid--> Paid
///                    Paying --declined--> Pending
/// Pending --expired, canceled--> Expired, Canceled              if nobody ever tried to pay
/// Pending, Paying, Paid --closed--> Closing --undone--> Expired, Canceled
/// ```
///
/// *Closing* is for orders that money may have been taken for: they end once the gateway has undone
/// it. *Paying* is written before the gateway is asked, so that whoever finds it asks first what
/// became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderState {
    /// It waits for its payment.
    Pending,
    /// The gateway is being asked, or was when somebody died.
    Paying {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is paid for, and its points are there.
    Paid {
        /// Since when.
        at: DateTime<Utc>,
        /// What the gateway calls the payment.
        reference: PaymentRef,
        /// The points.
        lot: LotId,
    },
    /// The gateway is to undo what it may have taken.
    Closing {
        /// What the order will be.
        to: Ending,
        /// Since when.
        since: DateTime<Utc>,
    },
    /// Nobody paid in time.
    Expired {
        /// When that was noticed.
        at: DateTime<Utc>,
    },
    /// It was ended.
    Canceled {
        /// When.
        at: DateTime<Utc>,
    },
}

impl OrderState {
    /// The state's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Paying { .. } => "paying",
            Self::Paid { .. } => "paid",
            Self::Closing { .. } => "closing",
            Self::Expired { .. } => "expired",
            Self::Canceled { .. } => "canceled",
        }
    }
}

/// Why an order is not taken, paid for or ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    /// Its state does not allow it.
    #[error(transparent)]
    State(#[from] IllegalTransition),
    /// Too few or too many packs.
    #[error("an order is for 1 to {most} packs")]
    Quantity {
        /// The most.
        most: i64,
    },
    /// It comes to too little.
    #[error("an order comes to at least {least}, this one to {total}")]
    TooSmall {
        /// The least.
        least: i64,
        /// What it comes to.
        total: i64,
    },
    /// There are not as many.
    #[error("only {left} of these packs are left")]
    SoldOut {
        /// How many there are.
        left: i64,
    },
    /// The coupon cannot be used for it.
    #[error(transparent)]
    Coupon(#[from] CouponRefusal),
    /// Its time to be paid is over.
    #[error("the order had to be paid by {0}: order again")]
    TooLate(DateTime<Utc>),
    /// The gateway is being asked for the money just now.
    #[error("the order is being paid")]
    BeingPaid,
    /// Its time to be ended is over.
    #[error("an order can be canceled until {0}")]
    Settled(DateTime<Utc>),
    /// A coupon was used in it.
    #[error("an order that a coupon was used in stays paid")]
    CouponUsed,
}

/// All that an order is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderParts {
    /// Its id.
    pub id: OrderId,
    /// Who ordered.
    pub member: MemberId,
    /// What.
    pub pack: PackId,
    /// How many.
    pub quantity: i64,
    /// How many points that are.
    pub points: i64,
    /// What it comes to before the discount, in won.
    pub total: i64,
    /// What the coupon takes off.
    pub discount: i64,
    /// The coupon.
    pub coupon: Option<CouponId>,
    /// How many packs were counted off the stock for it.
    pub reserved: i64,
    /// Where it stands.
    pub state: OrderState,
    /// Whether the gateway was ever asked to take money for it.
    pub attempted: bool,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// Until when it may be paid.
    pub expires_at: DateTime<Utc>,
    /// How often it was written.
    pub version: i64,
}

/// An order of packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order(OrderParts);

/// An order that is taken, with what it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The order.
    pub order: Order,
    /// The pack with as many fewer.
    pub pack: Pack,
    /// The coupon, used.
    pub coupon: Option<Coupon>,
}

impl Order {
    /// The most packs of an order.
    pub const MOST: i64 = 10;
    /// The least that an order comes to, before the discount.
    pub const LEAST_TOTAL: i64 = 1_000;
    /// How long an order waits for its payment.
    pub const TO_PAY: TimeDelta = TimeDelta::minutes(10);
    /// For how long it can be ended once it is paid.
    pub const TO_CANCEL: TimeDelta = TimeDelta::hours(1);
    /// After how long somebody else takes up a payment that nobody has ended.
    pub const TO_SETTLE: TimeDelta = TimeDelta::minutes(2);

    /// One that a row holds.
    #[must_use]
    pub fn restore(parts: OrderParts) -> Self {
        Self(parts)
    }

    /// An order of packs.
    ///
    /// # Errors
    ///
    /// [`OrderRefusal`] if the pack, the quantity or the coupon does not allow it.
    pub fn take(
        (id, member): (OrderId, MemberId),
        (pack, quantity): (&Pack, i64),
        coupon: Option<&Coupon>,
        now: DateTime<Utc>,
    ) -> Result<Taken, OrderRefusal> {
        if !(1..=Self::MOST).contains(&quantity) {
            return Err(OrderRefusal::Quantity { most: Self::MOST });
        }
        let terms = &pack.parts().terms;
        // Ten times a price or a number of points stays far below the bound.
        let (total, points) = (terms.price * quantity, terms.points * quantity);
        if total < Self::LEAST_TOTAL {
            return Err(OrderRefusal::TooSmall { least: Self::LEAST_TOTAL, total });
        }
        let left = terms.stock.unwrap_or(0);
        let (fewer, reserved) = pack.with_fewer(quantity).ok_or(OrderRefusal::SoldOut { left })?;
        let used = coupon.map(|coupon| coupon.used(id, total, now)).transpose()?;
        let (coupon, discount) = used.map_or((None, 0), |(coupon, off)| (Some(coupon), off));
        let order = Self(OrderParts {
            id,
            member,
            pack: pack.parts().id,
            quantity,
            points,
            total,
            discount,
            coupon: coupon.as_ref().map(|coupon| coupon.parts().id),
            reserved,
            state: OrderState::Pending,
            attempted: false,
            created_at: now,
            expires_at: now + Self::TO_PAY,
            version: 1,
        });
        Ok(Taken { order, pack: fewer, coupon })
    }

    /// All that it is.
    #[must_use]
    pub fn parts(&self) -> &OrderParts {
        &self.0
    }

    /// As it is once it is written.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.0.version += 1;
        self
    }

    /// What is to be paid.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.0.total - self.0.discount
    }

    /// Whether it is over, with nothing that is left to do.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        matches!(self.0.state, OrderState::Expired { .. } | OrderState::Canceled { .. })
    }

    /// Whether the gateway has still to undo what it may have taken.
    #[must_use]
    pub fn is_closing(&self) -> bool {
        matches!(self.0.state, OrderState::Closing { .. })
    }

    /// When somebody should look after it, if nobody does by then.
    #[must_use]
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        match self.0.state {
            OrderState::Pending => Some(self.0.expires_at),
            OrderState::Paying { since } | OrderState::Closing { since, .. } => {
                Some(since + Self::TO_SETTLE)
            }
            OrderState::Paid { .. } | OrderState::Expired { .. } | OrderState::Canceled { .. } => {
                None
            }
        }
    }

    /// The same, written down before the gateway is asked for the money; again, where whoever asked
    /// before has not said what came of it.
    ///
    /// # Errors
    ///
    /// [`OrderRefusal`] once its time is over, or unless it waits for its payment.
    pub fn tried(&self, now: DateTime<Utc>) -> Result<Self, OrderRefusal> {
        match self.0.state {
            OrderState::Pending | OrderState::Paying { .. } if self.0.expires_at <= now => {
                Err(OrderRefusal::TooLate(self.0.expires_at))
            }
            OrderState::Pending | OrderState::Paying { .. } => {
                let state = OrderState::Paying { since: now };
                Ok(Self(OrderParts { state, attempted: true, ..self.0.clone() }))
            }
            OrderState::Paid { .. }
            | OrderState::Closing { .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => Err(self.refuse("paid").into()),
        }
    }

    /// The same, waiting for its payment again.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is being paid.
    pub fn declined(&self) -> Result<Self, IllegalTransition> {
        match self.0.state {
            OrderState::Paying { .. } => Ok(self.with(OrderState::Pending)),
            OrderState::Pending
            | OrderState::Paid { .. }
            | OrderState::Closing { .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => Err(self.refuse("declined")),
        }
    }

    /// Whether money that was taken for it still buys its points: also where its time was over
    /// meanwhile, and where another attempt was declined.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if it is paid, or being ended: then the gateway is to undo it.
    pub fn may_be_paid(&self) -> Result<(), IllegalTransition> {
        match self.0.state {
            OrderState::Pending | OrderState::Paying { .. } if self.0.attempted => Ok(()),
            OrderState::Pending
            | OrderState::Paying { .. }
            | OrderState::Paid { .. }
            | OrderState::Closing { .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => Err(self.refuse("paid")),
        }
    }

    /// The same, paid.
    ///
    /// # Errors
    ///
    /// As for [`may_be_paid`](Self::may_be_paid).
    pub fn paid(
        &self,
        reference: PaymentRef,
        lot: LotId,
        at: DateTime<Utc>,
    ) -> Result<Self, IllegalTransition> {
        self.may_be_paid()?;
        Ok(self.with(OrderState::Paid { at, reference, lot }))
    }

    /// The same, ended by its member, or about to be once the gateway has undone what it may have
    /// taken. Points that it bought are to be taken back first.
    ///
    /// # Errors
    ///
    /// [`OrderRefusal`] says why it goes on.
    pub fn canceled(&self, now: DateTime<Utc>) -> Result<Self, OrderRefusal> {
        match self.0.state {
            OrderState::Pending if self.0.attempted => Ok(self.closing(Ending::Canceled, now)),
            OrderState::Pending => Ok(self.with(OrderState::Canceled { at: now })),
            OrderState::Paying { since } if since + Self::TO_SETTLE <= now => {
                Ok(self.closing(Ending::Canceled, now))
            }
            OrderState::Paying { .. } => Err(OrderRefusal::BeingPaid),
            OrderState::Paid { .. } if self.0.coupon.is_some() => Err(OrderRefusal::CouponUsed),
            OrderState::Paid { at, .. } if at + Self::TO_CANCEL <= now => {
                Err(OrderRefusal::Settled(at + Self::TO_CANCEL))
            }
            OrderState::Paid { .. } => Ok(self.closing(Ending::Canceled, now)),
            OrderState::Closing { to: Ending::Canceled, .. } => Ok(self.clone()),
            OrderState::Closing { to: Ending::Expired, .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => Err(self.refuse("canceled").into()),
        }
    }

    /// The same, given up although money was taken for it: its points cannot be given.
    ///
    /// # Errors
    ///
    /// As for [`may_be_paid`](Self::may_be_paid).
    pub fn given_up(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        self.may_be_paid()?;
        Ok(self.closing(Ending::Canceled, now))
    }

    /// The same, ended because nobody paid in time, or about to be once the gateway has undone what
    /// it may have taken.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] while it is not due, or where nothing is left to do.
    pub fn expired(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        let due = self.due_at().is_some_and(|due| due <= now) && self.0.expires_at <= now;
        match self.0.state {
            OrderState::Pending if due && !self.0.attempted => {
                Ok(self.with(OrderState::Expired { at: now }))
            }
            OrderState::Pending | OrderState::Paying { .. } if due => {
                Ok(self.closing(Ending::Expired, now))
            }
            OrderState::Pending
            | OrderState::Paying { .. }
            | OrderState::Paid { .. }
            | OrderState::Closing { .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => Err(self.refuse("expired")),
        }
    }

    /// The same, ended, once the gateway has undone what it may have taken.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is being ended.
    pub fn undone(&self, at: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        match self.0.state {
            OrderState::Closing { to: Ending::Expired, .. } => {
                Ok(self.with(OrderState::Expired { at }))
            }
            OrderState::Closing { to: Ending::Canceled, .. } => {
                Ok(self.with(OrderState::Canceled { at }))
            }
            OrderState::Pending
            | OrderState::Paying { .. }
            | OrderState::Paid { .. }
            | OrderState::Expired { .. }
            | OrderState::Canceled { .. } => Err(self.refuse("undone")),
        }
    }

    fn closing(&self, to: Ending, since: DateTime<Utc>) -> Self {
        self.with(OrderState::Closing { to, since })
    }

    fn refuse(&self, event: &'static str) -> IllegalTransition {
        IllegalTransition { what: "order", from: self.0.state.name(), event }
    }

    fn with(&self, state: OrderState) -> Self {
        Self(OrderParts { state, ..self.0.clone() })
    }
}

#[cfg(test)]
mod tests;
