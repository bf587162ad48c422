use std::{fs::File, path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use castad_tests::Castad;
use chrono::{DateTime, Utc};
use tokio::{
    process::Child,
    sync::{Mutex, mpsc},
    time::interval,
};

use super::clock;

/// How soon a program that ended by itself is started again.
const AGAIN: Duration = Duration::from_millis(500);

/// A `castad serve` that is started again whenever it ends.
pub(crate) struct Instance {
    /// `host:port`.
    pub(crate) address: String,
    log: PathBuf,
    kills: mpsc::Sender<()>,
    ends: Arc<Mutex<Ends>>,
}

/// How the program ended so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ends {
    /// When it was killed.
    pub(crate) kills: Vec<DateTime<Utc>>,
    /// How often it ended by itself.
    pub(crate) by_itself: usize,
}

impl Instance {
    pub(crate) fn start(
        folder: &std::path::Path,
        name: &str,
        address: &str,
        environment: Vec<(String, String)>,
    ) -> Self {
        let log = folder.join(format!("{name}.log"));
        let (kills, orders) = mpsc::channel(1);
        let ends = Arc::<Mutex<Ends>>::default();
        let plan = Plan {
            folder: folder.to_owned(),
            log: File::create(&log).expect("its log can be written"),
            address: address.to_owned(),
            environment,
            ends: Arc::clone(&ends),
        };
        tokio::spawn(plan.keep_running(orders));
        Self { address: address.to_owned(), log, kills, ends }
    }

    /// `kill -9`, if it runs just now.
    pub(crate) async fn kill(&self) {
        let _ = self.kills.try_send(());
        tokio::task::yield_now().await;
    }

    pub(crate) async fn ends(&self) -> Ends {
        self.ends.lock().await.clone()
    }

    /// What it said, from its first start on.
    pub(crate) fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// How a program is started, again and again.
struct Plan {
    folder: PathBuf,
    log: File,
    address: String,
    environment: Vec<(String, String)>,
    ends: Arc<Mutex<Ends>>,
}

impl Plan {
    async fn keep_running(self, mut orders: mpsc::Receiver<()>) {
        loop {
            let mut child = self.spawn();
            tokio::select! {
                ended = child.wait() => {
                    drop(ended);
                    self.ends.lock().await.by_itself += 1;
                    let mut pause = interval(AGAIN);
                    pause.tick().await;
                    pause.tick().await;
                }
                order = orders.recv() => {
                    let now = clock::now();
                    child.kill().await.expect("it is killed");
                    if order.is_none() {
                        return;
                    }
                    self.ends.lock().await.kills.push(now);
                }
            }
        }
    }

    fn spawn(&self) -> Child {
        let mut command = Castad::command(&self.folder);
        command.arg("serve").env("CASTAD_BIND", &self.address);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let log = || Stdio::from(self.log.try_clone().expect("its log can be written"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log());
        command.spawn().expect("the program starts")
    }
}
