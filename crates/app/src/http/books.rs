//! What changes of the books have in common: who may, and how a refusal is told.

use std::convert::Infallible;

use castad_domain::{
    model::{ClaimRefusal, OrderRefusal, PointsRefusal},
    port::{PasswordError, PasswordErrorKind, PaymentErrorKind},
    usecase::{
        AccountRefusal, BooksError, LogInError, PackRefusal, RegisterError, RevokeRefusal,
        SettingRefusal, ShopRefusal,
    },
};
use serde_json::Value;

use super::{
    form,
    problem::{Code, Problem},
};
/// A whole number, be it below zero: what it may be says who reads it.
pub(super) fn whole<T, E: std::fmt::Display>(
    check: impl Fn(i64) -> Result<T, E>,
) -> impl Fn(&Value) -> Result<T, String> {
    move |value| {
        let number = form::whole(value).ok_or_else(|| "must be a whole number".to_owned())?;
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
            BooksError::Repeated => Self::repeated(),
            BooksError::Busy(busy) => Self::new(Code::Busy, busy.to_string()).because(&busy),
            BooksError::Store(fault) => fault.into(),
        }
    }
}

impl From<AccountRefusal> for Problem {
    fn from(refusal: AccountRefusal) -> Self {
        match refusal {
            AccountRefusal::RoleTooHigh | AccountRefusal::TooLong => {
                Self::new(Code::Forbidden, refusal.to_string())
            }
            AccountRefusal::ScopesTooWide { .. } => {
                Self::new(Code::ScopeMissing, refusal.to_string())
            }
            AccountRefusal::ScopeInVain => Self::invalid_at("/scopes", refusal.to_string()),
            AccountRefusal::NoSuchKey | AccountRefusal::NoSuchMember => Self::not_found(),
        }
    }
}

impl From<SettingRefusal> for Problem {
    fn from(refusal: SettingRefusal) -> Self {
        match refusal {
            SettingRefusal::Fault(fault) => Self::invalid_at("/value", fault.to_string()),
            SettingRefusal::Moved { .. } => Self::new(Code::Moved, refusal.to_string()),
        }
    }
}

impl From<PasswordError> for Problem {
    fn from(fault: PasswordError) -> Self {
        let code = match fault.kind() {
            PasswordErrorKind::Busy => Code::Unavailable,
            PasswordErrorKind::Corrupt | PasswordErrorKind::Broken => Code::Internal,
        };
        Self::new(code, fault.to_string()).because(&fault)
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => Self::new(Code::DuplicateEmail, error.to_string()),
            RegisterError::Password(fault) => fault.into(),
            RegisterError::Store(fault) => fault.into(),
        }
    }
}

impl From<LogInError> for Problem {
    fn from(error: LogInError) -> Self {
        match error {
            LogInError::Wrong => Self::new(Code::WrongLogIn, error.to_string()),
            LogInError::Password(fault) => fault.into(),
            LogInError::Store(fault) => fault.into(),
        }
    }
}

impl From<PointsRefusal> for Problem {
    fn from(refusal: PointsRefusal) -> Self {
        use PointsRefusal as P;
        let told = refusal.to_string();
        let code = match refusal {
            P::Amount { .. } => return Self::invalid_at("/amount", told),
            P::Lifetime { .. } => return Self::invalid_at("/expires_in_days", told),
            P::NotGiven => return Self::invalid_at("/kind", told),
            P::SameMember => return Self::invalid_at("/to_member_id", told),
            P::NoSuchMember | P::NoSuchUsage | P::NoSuchLot => Code::NotFound,
            P::BalanceLimit { .. } => Code::BalanceLimit,
            P::Insufficient { .. } => Code::InsufficientPoints,
            P::OrderNumberUsed => Code::OrderNumberUsed,
            P::OrderNumberReserved => Code::OrderNumberReserved,
            P::ExceedsUsage { .. } => Code::ExceedsUsage,
            P::AlreadyCanceled => Code::AlreadyCanceled,
            P::LotInUse { .. } => Code::LotInUse,
            P::LotBought => Code::LotBought,
            P::LotExpired => Code::LotExpired,
        };
        Self::new(code, told)
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
            ShopRefusal::Points(refusal) => refusal.clone().into(),
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
