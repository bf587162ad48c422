use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, Once, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use castad_domain::port::{Clock, LockEpochs, LockError, LockErrorKind};
use chrono::TimeDelta;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use redis::{
    AsyncConnectionConfig, Client, FromRedisValue, ProtocolVersion, PushInfo, PushKind, RedisError,
    ScriptInvocation, aio::MultiplexedConnection,
};
use tokio::{runtime::Handle, time::timeout};

use crate::{
    script::RAISE,
    settings::{BadUrl, Settings},
    watch::Watches,
};

/// Tokens of one life of the server: the epoch stands above them.
const TOKENS_OF_AN_EPOCH: i64 = 1 << 40;

#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Fault {
    #[error("Redis did not answer in time")]
    Slow,
    #[error("Redis failed")]
    Failed(#[source] Arc<RedisError>),
    #[error("the epoch of the tokens could not be raised")]
    Epoch(#[source] Arc<LockError>),
    #[error("the connection's task was ended")]
    Ended,
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        Self::Failed(Arc::new(error))
    }
}

impl From<Fault> for LockError {
    fn from(fault: Fault) -> Self {
        Self::new(LockErrorKind::Unavailable).with_source(fault)
    }
}

/// A connection that was tested: the server's life is known, and every watch is subscribed.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) connection: MultiplexedConnection,
    number: u64,
}

type Dialing = Shared<BoxFuture<'static, Result<Live, Fault>>>;

/// One Redis, and the connection to it that all calls share.
pub(crate) struct Server {
    client: Client,
    pub(crate) settings: Settings,
    epochs: Arc<dyn LockEpochs>,
    clock: Arc<dyn Clock>,
    pub(crate) watches: Watches,
    line: Mutex<Option<Line>>,
    dialed: AtomicU64,
}

enum Line {
    Live(Live),
    Dialing(u64, Dialing),
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client's address may hold a password.
        f.debug_struct("Server").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Server {
    pub(crate) fn new(
        url: &str,
        epochs: Arc<dyn LockEpochs>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Arc<Self>, BadUrl> {
        let client = Self::client(url)?;
        Ok(Arc::new(Self {
            client,
            settings,
            epochs,
            clock,
            watches: Watches::default(),
            line: Mutex::default(),
            dialed: AtomicU64::new(0),
        }))
    }

    pub(crate) fn client(url: &str) -> Result<Client, BadUrl> {
        // The client looks for one where it connects by TLS, and panics where there is none.
        static ONCE: Once = Once::new();
        ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = Client::open(url).map_err(|_| BadUrl)?;
        let mut info = client.get_connection_info().clone();
        // Messages come over the one connection.
        let redis = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        info = info.set_redis_settings(redis);
        Client::open(info).map_err(|_| BadUrl)
    }

    /// A name of this namespace. All are in one slot, so that a cluster takes the scripts too.
    pub(crate) fn name(&self, kind: &str, key: &str) -> String {
        format!("{{{}}}:{kind}:{key}", self.settings.namespace)
    }

    pub(crate) fn fence(&self) -> String {
        self.name("lock", "fence")
    }

    fn life(&self) -> String {
        self.name("lock", "life")
    }

    /// Runs a script within the time of a call.
    pub(crate) async fn run<T: FromRedisValue>(
        self: &Arc<Self>,
        what: &'static str,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, Fault> {
        self.call(what, async |mut live: Live| script.invoke_async(&mut live.connection).await)
            .await
    }

    /// One call over the shared connection; after one that failed another connection is made.
    pub(crate) async fn call<T>(
        self: &Arc<Self>,
        what: &'static str,
        ask: impl AsyncFnOnce(Live) -> Result<T, RedisError>,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        let mut number = None;
        let answer = timeout(self.settings.call, async {
            let live = self.live().await?;
            number = Some(live.number);
            Ok::<_, Fault>(ask(live).await?)
        });
        let answer = answer.await.unwrap_or(Err(Fault::Slow));
        let broken = match &answer {
            Ok(_) | Err(Fault::Epoch(_)) => false,
            Err(Fault::Slow | Fault::Ended) => true,
            Err(Fault::Failed(error)) => error.is_io_error() || error.is_unrecoverable_error(),
        };
        if let (true, Some(number)) = (broken, number) {
            self.hang_up(number, &Handle::current());
        }
        let labels = [("command", what), ("ok", if answer.is_ok() { "true" } else { "false" })];
        metrics::histogram!("redis_command_seconds", &labels).record(began.elapsed());
        answer
    }

    async fn live(self: &Arc<Self>) -> Result<Live, Fault> {
        let dialing = {
            let mut line = self.line();
            match &*line {
                Some(Line::Live(live)) => return Ok(live.clone()),
                Some(Line::Dialing(_, dialing)) => dialing.clone(),
                None => {
                    let number = self.dialed.fetch_add(1, Ordering::Relaxed) + 1;
                    let dialing = self.dial(number);
                    *line = Some(Line::Dialing(number, dialing.clone()));
                    dialing
                }
            }
        };
        dialing.await
    }

    /// Goes on when who asked has gone: the next that ask need it all the same.
    fn dial(self: &Arc<Self>, number: u64) -> Dialing {
        let server = Arc::clone(self);
        let task = tokio::spawn(async move {
            let connected = timeout(server.settings.connect, server.connect(number)).await;
            let live = connected.unwrap_or(Err(Fault::Slow));
            let mut line = server.line();
            if matches!(&*line, Some(Line::Dialing(at, _)) if *at == number) {
                *line = live.as_ref().ok().cloned().map(Line::Live);
            }
            drop(line);
            if live.is_ok() {
                server.watches.all_returned();
            }
            live
        });
        task.map(|ended| ended.unwrap_or(Err(Fault::Ended))).boxed().shared()
    }

    async fn connect(self: &Arc<Self>, number: u64) -> Result<Live, Fault> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.settings.connect))
            .set_response_timeout(None)
            .set_push_sender(self.hearing(number));
        let mut connection =
            self.client.get_multiplexed_async_connection_with_config(&config).await?;
        self.know_life(&mut connection).await?;
        let channels = self.watches.channels_heard();
        if !channels.is_empty() {
            connection.subscribe(channels).await?;
        }
        Ok(Live { connection, number })
    }

    /// A server that was started anew, or another in its place, may have forgotten tokens.
    async fn know_life(&self, connection: &mut MultiplexedConnection) -> Result<(), Fault> {
        let info: String = redis::cmd("INFO").arg("server").query_async(connection).await?;
        let life = info.lines().find_map(|line| line.strip_prefix("run_id:")).unwrap_or_default();
        let mut known = redis::cmd("MGET");
        known.arg(self.life()).arg(self.fence());
        let known: (Option<String>, Option<String>) = known.query_async(connection).await?;
        match known {
            (Some(known), Some(_fence)) if known == life => Ok(()),
            _ => self.raise(connection, life).await,
        }
    }

    async fn raise(&self, connection: &mut MultiplexedConnection, life: &str) -> Result<(), Fault> {
        let epoch =
            self.epochs.next_epoch().await.map_err(|fault| Fault::Epoch(Arc::new(fault)))?;
        let floor = epoch.saturating_mul(TOKENS_OF_AN_EPOCH);
        tracing::info!(epoch, "the lock begins a new epoch");
        let mut raise = RAISE.prepare_invoke();
        raise.key(self.fence()).key(self.life()).arg(floor).arg(life);
        raise.invoke_async::<()>(connection).await.map_err(Fault::from)
    }

    /// The tokens were forgotten by a server that goes on living: its data were deleted.
    pub(crate) fn forgot(&self) {
        // A fresh connection looks, and every process that notices raises them above the last.
        *self.line() = None;
    }

    fn hang_up(self: &Arc<Self>, number: u64, runtime: &Handle) {
        let mut line = self.line();
        if matches!(&*line, Some(Line::Live(live)) if live.number == number) {
            *line = None;
            runtime.spawn(redial(Arc::downgrade(self)));
        }
    }

    /// What is done with what the server sends unasked.
    fn hearing(
        self: &Arc<Self>,
        number: u64,
    ) -> impl Fn(PushInfo) -> Result<(), redis::aio::SendError> + Send + Sync + 'static {
        let (server, runtime) = (Arc::downgrade(self), Handle::current());
        move |push| {
            let server = server.upgrade().ok_or(redis::aio::SendError)?;
            if push.kind == PushKind::Disconnection {
                server.hang_up(number, &runtime);
            } else if push.kind == PushKind::Message
                && let Some(redis::Value::BulkString(channel)) = push.data.first()
            {
                server.watches.released(channel);
            }
            Ok(())
        }
    }

    fn line(&self) -> MutexGuard<'_, Option<Line>> {
        // A panic elsewhere leaves what was written before it, which is whole.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those who only listen do not call: a connection is made for them.
async fn redial(server: Weak<Server>) {
    loop {
        let Some(server) = server.upgrade() else { return };
        if server.watches.is_empty() || server.live().await.is_ok() {
            return;
        }
        let again = TimeDelta::from_std(server.settings.again).unwrap_or_default();
        server.clock.reach(server.clock.now() + again).await;
    }
}
