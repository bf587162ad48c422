//! Points: what comes in, what goes out, and what is kept right.

mod accumulate;
mod cancel_accumulation;
mod cancel_usage;
mod desk;
mod expire;
mod reconcile;
pub(super) mod till;
mod transfer;
mod use_points;

pub use accumulate::Accumulate;
pub use cancel_accumulation::CancelAccumulation;
pub use cancel_usage::{CancelUsage, RefundOrder};
pub use expire::ExpireLots;
pub use reconcile::{ReconcileAll, ReconcilePoints};
pub use transfer::{TransferOrder, TransferPoints};
pub use use_points::UsePoints;
