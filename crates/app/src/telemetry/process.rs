//! What the process is, and what it holds of the machine.

use std::fs;

use chrono::{DateTime, Utc};

/// Tells what stays as it is: the version, and when the process began.
pub fn begun(at: DateTime<Utc>) {
    let version = env!("CARGO_PKG_VERSION");
    metrics::gauge!("castad_build_info", "version" => version).set(1.0);
    let seconds = u32::try_from(at.timestamp()).map_or(0.0, f64::from);
    metrics::gauge!("process_start_time_seconds").set(seconds);
}

/// Looks afresh; where the system does not tell, nothing is told.
pub fn look() {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    if let Some(kib) = resident_kib(&status) {
        metrics::gauge!("process_resident_memory_bytes").set(f64::from(kib) * 1024.0);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        // One of them is the folder that is being read.
        let open = u32::try_from(open.count()).unwrap_or(u32::MAX).saturating_sub(1);
        metrics::gauge!("process_open_fds").set(f64::from(open));
    }
}

fn resident_kib(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_is_read_from_what_the_system_tells() {
        assert_eq!(resident_kib("Name:\tcastad\nVmRSS:\t   51234 kB\nThreads:\t9"), Some(51_234));
        assert_eq!(resident_kib("Name:\tcastad\n"), None);
    }
}
