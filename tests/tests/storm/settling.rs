use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use castad_domain::model::{AttemptToken, ProjectId};
use tokio::time::{Instant, interval};
use uuid::Uuid;

use super::{
    fleet::{Fleet, LEASE},
    ledger::Ledger,
    orders::{Member, Order},
};

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(500);
/// The longest that it may take until nothing is open.
const PATIENCE: Duration = Duration::from_mins(3);
/// A purchase that nobody has heard of for so long was never sent.
const QUIET: Duration = Duration::from_secs(4 * LEASE.as_secs());

const OPEN: &str = "SELECT p.id, s.state AS song, s.attempt AS song_attempt, v.state AS video, \
    v.attempt AS video_attempt FROM projects p LEFT JOIN songs s ON s.id = p.song_id \
    LEFT JOIN videos v ON v.id = p.video_id WHERE p.status = 'producing'";

/// A project of which something is being made, and what was decided to be bought for it.
#[derive(Debug, sqlx::FromRow)]
struct Open {
    id: Uuid,
    song: Option<String>,
    song_attempt: Option<Uuid>,
    video: Option<String>,
    video_attempt: Option<Uuid>,
}

impl Open {
    /// The attempt that was decided on and of which the providers have not heard.
    fn unsent(&self, ledger: &Ledger) -> Option<Uuid> {
        let sending = |state: &Option<String>| state.as_deref() == Some("submitting");
        let song = self.song_attempt.filter(|_| sending(&self.song));
        let attempt = self.video_attempt.filter(|_| sending(&self.video)).or(song);
        let token = |bits: Uuid| AttemptToken::from_bits(bits.as_u128()).to_string();
        attempt.filter(|attempt| !ledger.attempts().contains(token(*attempt).as_str()))
    }
}

/// Waits until nothing is being made any more. Who died between a decision to buy and the purchase
/// leaves a production that waits for a callback which never comes, for ten minutes: where the
/// providers' books hold no purchase, its owner cancels it. How many did.
///
/// # Panics
///
/// If anything is open after a while.
pub(crate) async fn settle(fleet: &Fleet, members: &[Member], orders: &[Order]) -> usize {
    let owner = |order: &Order| (order.project.clone(), members[order.member].key.as_str());
    let owners: HashMap<String, &str> = orders.iter().map(owner).collect();
    let (begun, mut again) = (Instant::now(), interval(LOOK));
    let mut unsent: HashMap<(Uuid, Uuid), Instant> = HashMap::new();
    let mut let_go = HashSet::new();
    loop {
        again.tick().await;
        let open = sqlx::query_as::<_, Open>(OPEN).fetch_all(&fleet.database).await.unwrap();
        if open.is_empty() {
            return let_go.len();
        }
        assert!(begun.elapsed() < PATIENCE, "these stay open: {open:#?}\n{}", fleet.last_words());
        let ledger = Ledger::of(&fleet.stand_ins);
        let found = open.iter().filter_map(|open| Some((open.id, open.unsent(&ledger)?)));
        let found: HashSet<(Uuid, Uuid)> = found.collect();
        unsent.retain(|known, _| found.contains(known));
        for (project, attempt) in found {
            let since = *unsent.entry((project, attempt)).or_insert_with(Instant::now);
            if since.elapsed() > QUIET && let_go.insert(attempt) {
                let project = ProjectId::from_bits(project.as_u128()).to_string();
                fleet.cancel(&project, owners[&project], &format!("let-go-{project}")).await;
            }
        }
    }
}
