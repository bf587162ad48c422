use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::port::{Shelf, ShelfError, ShelfErrorKind};
use chrono::TimeDelta;

use crate::server::{Fault, Live, Server};

/// Copies that processes share through one Redis; they outlive a process, not a loss of Redis.
#[derive(Debug, Clone)]
pub struct RedisShelf(Arc<Server>);

impl RedisShelf {
    pub(crate) fn new(server: Arc<Server>) -> Self {
        Self(server)
    }
}

fn away(fault: Fault) -> ShelfError {
    ShelfError::new(ShelfErrorKind::Unavailable).with_source(fault)
}

#[async_trait]
impl Shelf for RedisShelf {
    async fn look(&self, name: &str) -> Result<Option<String>, ShelfError> {
        let mut look = redis::cmd("GET");
        look.arg(self.0.name("shelf", name));
        let ask = async |mut live: Live| look.query_async(&mut live.connection).await;
        self.0.call("look", ask).await.map_err(away)
    }

    async fn put(&self, name: &str, copy: &str, keep: TimeDelta) -> Result<(), ShelfError> {
        let mut put = redis::cmd("SET");
        let millis = keep.num_milliseconds().max(1);
        put.arg(self.0.name("shelf", name)).arg(copy).arg("PX").arg(millis);
        let ask = async |mut live: Live| put.query_async::<()>(&mut live.connection).await;
        self.0.call("put", ask).await.map_err(away)
    }
}
