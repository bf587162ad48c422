use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use castad_domain::port::{LockWatch, Wake};
use tokio::{runtime::Handle, sync::watch};

use crate::server::{Fault, Server};

/// Who listens for which channel.
#[derive(Default)]
pub(crate) struct Watches {
    channels: Mutex<BTreeMap<String, watch::Sender<Wake>>>,
    /// One changes subscriptions at a time: the last who leaves unsubscribes before the next comes.
    turn: tokio::sync::Mutex<()>,
}

impl Watches {
    /// Listens; what is published after this returned is heard.
    pub(crate) async fn begin(
        &self,
        server: &Arc<Server>,
        channel: String,
    ) -> Result<RedisWatch, Fault> {
        let told = {
            let mut channels = self.channels();
            let told = channels.entry(channel.clone());
            told.or_insert_with(|| watch::Sender::new(Wake::Look)).subscribe()
        };
        let watch = RedisWatch { server: Arc::clone(server), channel, told: Some(told) };
        let subscribe = async |mut live: crate::server::Live| {
            live.connection.subscribe(watch.channel.as_str()).await
        };
        let _turn = self.turn.lock().await;
        server.call("subscribe", subscribe).await?;
        Ok(watch)
    }

    pub(crate) fn channels_heard(&self) -> Vec<String> {
        self.channels().keys().cloned().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.channels().is_empty()
    }

    pub(crate) fn released(&self, channel: &[u8]) {
        let channels = self.channels();
        let told = std::str::from_utf8(channel).ok().and_then(|channel| channels.get(channel));
        if let Some(told) = told {
            told.send_replace(Wake::Released);
        }
    }

    /// Releases may have been missed.
    pub(crate) fn all_returned(&self) {
        for told in self.channels().values() {
            told.send_replace(Wake::Returned);
        }
    }

    /// Unsubscribes, if nobody listens any more.
    async fn end(&self, server: &Arc<Server>, channel: String) {
        let _turn = self.turn.lock().await;
        let unheard = {
            let mut channels = self.channels();
            let unheard = channels.get(&channel).is_some_and(|told| told.receiver_count() == 0);
            if unheard {
                channels.remove(&channel);
            }
            unheard
        };
        if unheard {
            let unsubscribe = async |mut live: crate::server::Live| {
                live.connection.unsubscribe(channel.as_str()).await
            };
            // A connection that fails is replaced by one without the subscription.
            let _ = server.call("unsubscribe", unsubscribe).await;
        }
    }

    fn channels(&self) -> MutexGuard<'_, BTreeMap<String, watch::Sender<Wake>>> {
        // A panic elsewhere leaves what was written before it, which is whole.
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens for as long as it lives.
pub(crate) struct RedisWatch {
    server: Arc<Server>,
    channel: String,
    told: Option<watch::Receiver<Wake>>,
}

#[async_trait]
impl LockWatch for RedisWatch {
    async fn freed(&mut self) -> Wake {
        let Some(told) = &mut self.told else { return Wake::Look };
        match told.changed().await {
            Ok(()) => *told.borrow_and_update(),
            Err(_) => Wake::Look,
        }
    }
}

impl Drop for RedisWatch {
    fn drop(&mut self) {
        self.told = None;
        let (server, channel) = (Arc::clone(&self.server), std::mem::take(&mut self.channel));
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { server.watches.end(&server, channel).await });
        }
    }
}
