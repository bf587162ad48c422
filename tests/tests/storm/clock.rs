use std::time::SystemTime;

use chrono::{DateTime, Utc};

/// The time of this machine: leases are written by it.
#[expect(clippy::disallowed_methods, reason = "leases of other processes are compared with it")]
pub(crate) fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}
