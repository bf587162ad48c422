//! How refusals of the books, of accounts and of settings are told.

use castad_domain::{
    model::PointsRefusal,
    port::{PasswordError, PasswordErrorKind},
    usecase::{AccountRefusal, BooksError, LogInError, RegisterError, SettingRefusal},
};

use super::problem::{Code, Problem};

impl<R> From<BooksError<R>> for Problem
where
    Problem: From<R>,
{
    fn from(error: BooksError<R>) -> Self {
        match error {
            BooksError::Refused(refusal) => refusal.into(),
            BooksError::Repeated => Self::repeated(),
            BooksError::Busy(error) => {
                Self::new(Code::Unavailable, error.to_string()).because(&error)
            }
            BooksError::Store(fault) => fault.into(),
        }
    }
}

impl From<AccountRefusal> for Problem {
    fn from(refusal: AccountRefusal) -> Self {
        match refusal {
            AccountRefusal::RoleTooHigh => Self::new(Code::Forbidden, refusal.to_string()),
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
            P::ExceedsUsage { .. } => Code::ExceedsUsage,
            P::AlreadyCanceled => Code::AlreadyCanceled,
            P::LotInUse { .. } => Code::LotInUse,
            P::LotExpired => Code::LotExpired,
        };
        Self::new(code, told)
    }
}
