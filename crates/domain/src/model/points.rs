//! Points: what a member has, where it came from and where it went.

mod account;
mod entry;
mod limits;
mod lot;
mod order_number;
mod reason;
mod refusal;
mod totals;
mod usage;

pub use account::{
    Cancellation, Credit, GivenBack, PointAccount, PointsChanges, Restored, Stamp, Transfer,
};
pub use entry::{Entry, EntryKind};
pub use lot::{Lot, LotKind, LotState};
pub use order_number::{OrderNumber, OrderNumberError};
pub use reason::{Reason, ReasonError};
pub use refusal::PointsRefusal;
pub use totals::{Reconciled, Totals};
pub use usage::{Usage, UsageDetail};
