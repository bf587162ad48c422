//! Addresses of Redis.

use std::sync::Arc;

use castad_domain::port::{LockErrorKind, LockManager, chain};
use castad_memory::{ManualClock, MemoryEpochs};
use castad_redis::{BadUrl, RedisLock, Settings};

fn lock(url: &str) -> Result<RedisLock, BadUrl> {
    let epochs = Arc::new(MemoryEpochs::new());
    RedisLock::new(url, epochs, Arc::new(ManualClock::default()), Settings::default())
}

#[test]
fn an_address_is_one_of_redis() {
    for url in ["redis://localhost", "rediss://:hunter2@10.0.0.1:6380/1", "redis://[::1]:6379"] {
        assert!(lock(url).is_ok(), "{url}");
    }
    for url in ["", "http://localhost", "mysql://localhost", "redis://:hunter2@host:port"] {
        let refused = lock(url).unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_a_fault_with_no_secret_in_it() {
    for url in ["redis://:hunter2@127.0.0.1:1", "rediss://:hunter2@127.0.0.1:1"] {
        let lock = lock(url).unwrap();
        let fault = lock.check().await.unwrap_err();
        assert_eq!(fault.kind(), LockErrorKind::Unavailable);
        assert!(!format!("{lock:?} {fault:?} {}", chain(&fault)).contains("hunter2"));
    }
}
