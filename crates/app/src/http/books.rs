//! What changes of the books have in common: who may, and how a refusal is told.

use std::convert::Infallible;

use castad_domain::{
    model::{Caller, ClaimRefusal, OrderRefusal, PointsRefusal, Role},
    port::PaymentErrorKind,
    usecase::{BooksError, PackRefusal, RevokeRefusal, ShopRefusal},
};
use serde_json::Value;

use super::problem::{Code, Problem};

/// Lets nobody on but admins.
pub(super) fn only_admins(caller: Caller) -> Result<(), Problem> {
    match caller.role {
        Role::Admin => Ok(()),
        Role::Member => Err(Problem::new(Code::Forbidden, "this is for admins")),
    }
}

/// A whole number, be it below zero: what it may be says who reads it.
pub(super) fn whole<T, E: std::fmt::Display>(
    check: impl Fn(i64) -> Result<T, E>,
) -> impl Fn(&Value) -> Result<T, String> {
    move |value| {
        let number = value.as_i64().ok_or_else(|| "must be a whole number".to_owned())?;
        check(number).map_err(|refused| refused.to_string())
    }
}

/// Yes or no.
pub(super) fn flag(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

impl<R> From<BooksError<R>> for Problem
where
    Self: From<R>,
{
    fn from(error: BooksError<R>) -> Self {
        match error {
            BooksError::Refused(refusal) => refusal.into(),
            BooksError::Repeated => {
                Self::new(Code::InFlight, "the same request was carried out at the same time")
            }
            BooksError::Busy(error) => Self::new(Code::Unavailable, error.to_string()),
            BooksError::Store(fault) => fault.into(),
        }
    }
}

impl From<Infallible> for Problem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl From<ClaimRefusal> for Problem {
    fn from(refusal: ClaimRefusal) -> Self {
        let code = match refusal {
            ClaimRefusal::NoCampaign => return Self::not_found(),
            ClaimRefusal::AlreadyIssued => Code::AlreadyIssued,
            ClaimRefusal::NotOpen { .. } => Code::NotOpen,
            ClaimRefusal::SoldOut => Code::SoldOut,
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<RevokeRefusal> for Problem {
    fn from(refusal: RevokeRefusal) -> Self {
        match refusal {
            RevokeRefusal::NoCoupon => Self::not_found(),
            RevokeRefusal::State(_) => Self::new(Code::NotNow, refusal.to_string()),
        }
    }
}

impl From<PackRefusal> for Problem {
    fn from(refusal: PackRefusal) -> Self {
        match refusal {
            PackRefusal::NoPack => Self::not_found(),
            PackRefusal::Points { .. } => Self::invalid_at("/points", refusal.to_string()),
        }
    }
}

impl From<OrderRefusal> for Problem {
    fn from(refusal: OrderRefusal) -> Self {
        let code = match &refusal {
            OrderRefusal::Quantity { .. } | OrderRefusal::TooSmall { .. } => {
                return Self::invalid_at("/quantity", refusal.to_string());
            }
            OrderRefusal::SoldOut { .. } => Code::SoldOut,
            OrderRefusal::Coupon(_) => Code::CouponUnusable,
            OrderRefusal::BeingPaid => Code::BeingPaid,
            OrderRefusal::State(_)
            | OrderRefusal::TooLate(_)
            | OrderRefusal::Settled(_)
            | OrderRefusal::CouponUsed => Code::NotNow,
        };
        Self::new(code, refusal.to_string())
    }
}

impl From<ShopRefusal> for Problem {
    fn from(refusal: ShopRefusal) -> Self {
        match &refusal {
            ShopRefusal::NoOrder => Self::not_found(),
            ShopRefusal::NoPack => Self::invalid_at("/pack_id", refusal.to_string()),
            ShopRefusal::NoCoupon => Self::invalid_at("/coupon_id", refusal.to_string()),
            ShopRefusal::Order(refusal) => refusal.clone().into(),
            ShopRefusal::Points(PointsRefusal::Amount { .. }) => {
                Self::invalid_at("/quantity", refusal.to_string())
            }
            ShopRefusal::Points(_) => Self::new(Code::NotNow, refusal.to_string()),
            ShopRefusal::Declined(_) => Self::new(Code::PaymentDeclined, refusal.to_string()),
            ShopRefusal::Payments(fault) => {
                let problem = Self::new(Code::PaymentsUnavailable, fault.to_string());
                match fault.kind() {
                    PaymentErrorKind::NotSetUp => problem,
                    PaymentErrorKind::Unavailable => problem.because(fault),
                }
            }
        }
    }
}
