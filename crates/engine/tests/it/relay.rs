//! Events as they go out beside the work.

use std::sync::Arc;

use bytes::Bytes;
use castad_domain::{
    port::EventStream,
    usecase::{PublishEvents, Telling},
};
use castad_engine::Relay;
use castad_memory::{Memory, MemoryStream};
use chrono::TimeDelta;
use tokio::{
    task::{JoinHandle, yield_now},
    time::timeout,
};
use tokio_util::sync::CancellationToken;

use super::Studio;

struct Running {
    stream: MemoryStream,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    fn over(memory: &Memory) -> Self {
        let (stream, stop) = (MemoryStream::new(), CancellationToken::new());
        let telling: Telling = Arc::new(|event| Bytes::from(event.seq.to_string()));
        let ports = memory.ports();
        let out = Arc::new(stream.clone()) as Arc<dyn EventStream>;
        let relay = Relay::new(&ports, PublishEvents::new(&ports, out, telling));
        let told = stop.clone();
        let task = tokio::spawn(async move { relay.run(told).await });
        Self { stream, stop, task }
    }

    async fn told(&self) -> usize {
        for _ in 0..200 {
            yield_now().await;
        }
        self.stream.told().len()
    }

    async fn end(self) {
        self.stop.cancel();
        let limit = std::time::Duration::from_secs(10);
        timeout(limit, self.task).await.expect("it ends when it is told to").unwrap();
    }
}

#[tokio::test]
async fn events_go_out_as_they_come() {
    let studio = Studio::new().await;
    let relay = Running::over(&studio.memory);
    assert_eq!(relay.told().await, 0);
    studio.begin().await;
    let first = relay.told().await;
    assert!(first > 0, "nobody moved the clock");
    studio.begin().await;
    assert_eq!(relay.told().await, 2 * first);
    relay.end().await;
}

#[tokio::test]
async fn what_a_stream_that_is_away_missed_goes_out_later() {
    let studio = Studio::new().await;
    let relay = Running::over(&studio.memory);
    relay.stream.away(true);
    studio.begin().await;
    assert_eq!(relay.told().await, 0);
    relay.stream.away(false);
    assert_eq!(relay.told().await, 0, "it is left alone for a while");
    studio.memory.clock().advance(TimeDelta::seconds(2));
    assert!(relay.told().await > 0);
    relay.end().await;
}

#[tokio::test]
async fn what_others_appended_is_looked_for() {
    let studio = Studio::new().await;
    studio.begin().await;
    let relay = Running::over(&studio.memory);
    assert!(relay.told().await > 0);
    relay.end().await;
}
