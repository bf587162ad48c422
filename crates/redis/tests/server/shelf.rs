//! Copies that processes share.

use std::{sync::Arc, time::Duration};

use castad_contract::WallClock;
use castad_domain::port::Shelf;
use castad_memory::MemoryEpochs;
use castad_redis::{RedisLock, RedisShelf, Settings};
use chrono::TimeDelta;

use crate::start;

fn shelf(url: &str, namespace: &str) -> RedisShelf {
    let (call, connect) = (Duration::from_secs(10), Duration::from_secs(10));
    let settings =
        Settings { namespace: namespace.to_owned(), call, connect, ..Settings::default() };
    let epochs = Arc::new(MemoryEpochs::new());
    RedisLock::new(url, epochs, WallClock::started(), settings).unwrap().shelf()
}

pub(crate) async fn a_copy_lies_for_all_until_its_time_is_over() {
    let (url, namespace) = (start::shared().await, start::namespace());
    let (one, two) = (shelf(url, &namespace), shelf(url, &namespace));
    assert_eq!(one.look("a").await.unwrap(), None);
    one.put("a", "첫 번째", TimeDelta::hours(1)).await.unwrap();
    assert_eq!(two.look("a").await.unwrap().as_deref(), Some("첫 번째"));
    two.put("a", "second", TimeDelta::milliseconds(100)).await.unwrap();
    assert_eq!(shelf(url, "else").look("a").await.unwrap(), None);
    let clock = WallClock::started();
    castad_contract::until(&*clock, TimeDelta::seconds(20), || async {
        one.look("a").await.unwrap().is_none()
    })
    .await;
}
