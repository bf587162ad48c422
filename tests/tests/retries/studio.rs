use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, http::Uri};
use castad_stand_ins::{StandIns, creatomate};
use castad_tests::{Castad, Folder, free_port};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::SqlitePool;
use tokio::{net::TcpListener, time::interval};

use super::{clock, providers::providers};

/// How long the receiver thinks about a call.
const PACE: Duration = Duration::from_millis(200);
/// Enough for every song of the crowd.
const CREDITS: i64 = 1_000_000;

/// The program on a folder of its own, between providers and a receiver of webhooks.
pub(crate) struct Studio {
    pub(crate) stand_ins: StandIns,
    pub(crate) receiver: Receiver,
    folder: Folder,
    environment: Vec<(&'static str, String)>,
}

impl Studio {
    pub(crate) async fn open() -> Self {
        let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        stand_ins.suno.set_credits(CREDITS);
        stand_ins.suno.work_for(0);
        stand_ins.creatomate.pace(creatomate::Pace::TakesMs(20));
        let (receiver, bind) = (Receiver::start().await, free_address());
        let own = |text: &str| text.to_owned();
        let mut environment = vec![
            ("CASTAD_PUBLIC_URL", format!("http://{bind}")),
            ("CASTAD_BIND", bind),
            ("CASTAD_PAYMENTS", own("stand-in")),
            ("CASTAD_WEBHOOK_HOSTS", receiver.host.clone()),
            // Nobody takes letters there.
            ("CASTAD_SMTP_URL", format!("smtp://{}", free_address())),
            ("CASTAD_MAIL_FROM", own("ads@castad.example")),
            ("CASTAD_LIMIT_SONGS", own("off")),
            ("CASTAD_LIMIT_VIDEOS", own("off")),
            ("CASTAD_LIMIT_LOG_INS", own("off")),
            ("CASTAD_WORK_STEPS", own("16")),
            ("CASTAD_LIMIT_STEPS_OF_PROVIDER", own("8")),
        ];
        let urls = (stand_ins.openai_url(), stand_ins.suno_url(), stand_ins.creatomate_url());
        environment.extend(providers(stand_ins.host(), urls));
        Self { stand_ins, receiver, folder: Folder::new(), environment }
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// The program, which works on nothing.
    pub(crate) async fn idle(&self) -> Castad {
        Castad::start_idle(self.folder.path(), &self.environment()).await
    }

    /// The program, which makes what is waiting.
    pub(crate) async fn at_work(&self) -> Castad {
        Castad::start_with(self.folder.path(), &self.environment()).await
    }

    /// Looks through all books.
    pub(crate) async fn audit(&self) {
        let mut command = Castad::command(self.folder.path());
        let audited = command.arg("audit").output().await.unwrap();
        assert!(audited.status.success(), "{}", String::from_utf8_lossy(&audited.stdout));
    }

    /// The program's database.
    pub(crate) async fn database(&self) -> Database {
        let file = self.folder.path().join("castad.db");
        assert!(file.is_file(), "{}", file.display());
        Database(SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap())
    }
}

/// Rows whose times are set back: so much time passes for them alone.
pub(crate) struct Database(SqlitePool);

impl Database {
    /// Jobs of that kind that wait are due.
    pub(crate) async fn hurry(&self, kind: &str) {
        let hurry = "UPDATE jobs SET due = ? WHERE kind = ? AND state = 'waiting'";
        sqlx::query(hurry).bind(clock::now()).bind(kind).execute(&self.0).await.unwrap();
    }

    /// It is so long ago that a song was asked for of which nobody has heard since.
    pub(crate) async fn wait_for_songs(&self, time: TimeDelta) {
        let asked: DateTime<Utc> = clock::now() - time;
        let wait = "UPDATE songs SET changed_at = ? WHERE state = 'submitting'";
        sqlx::query(wait).bind(asked).execute(&self.0).await.unwrap();
    }

    /// How many have joined.
    pub(crate) async fn members(&self) -> usize {
        let count = "SELECT COUNT(*) FROM members";
        let members: i64 = sqlx::query_scalar(count).fetch_one(&self.0).await.unwrap();
        usize::try_from(members).unwrap()
    }
}

/// Somebody whose webhooks are called.
pub(crate) struct Receiver {
    pub(crate) host: String,
    heard: Heard,
}

type Heard = Arc<Mutex<BTreeMap<String, usize>>>;

impl Receiver {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let (host, heard) = (listener.local_addr().unwrap().to_string(), Heard::default());
        let router = Router::new().fallback(take).with_state(Arc::clone(&heard));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { host, heard }
    }

    /// How often that address was called.
    pub(crate) fn calls(&self, path: &str) -> usize {
        self.heard.lock().unwrap().get(path).copied().unwrap_or_default()
    }
}

/// Takes its time: whoever asked for the call may be gone by then.
async fn take(State(heard): State<Heard>, uri: Uri) {
    *heard.lock().unwrap().entry(uri.path().to_owned()).or_default() += 1;
    let mut pace = interval(PACE);
    pace.tick().await;
    pace.tick().await;
}

/// Where somebody can listen, known before they do.
fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}
