use std::time::Duration;

use castad_domain::model::{AttemptToken, ProjectId};
use serde_json::Value;
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
/// From then on a purchase that nobody has heard of is one that was never sent.
const QUIET: Duration = Duration::from_secs(4 * LEASE.as_secs());

/// Waits until nothing is being made any more. Who died between a decision to buy and the purchase
/// leaves a production that waits for a callback which never comes, for ten minutes: where the
/// providers' books hold no purchase, its owner cancels it. How many did.
///
/// # Panics
///
/// If anything is open after a while.
pub(crate) async fn settle(fleet: &Fleet, members: &[Member], orders: &[Order]) -> usize {
    let (begun, mut again, mut let_go) = (Instant::now(), interval(LOOK), 0);
    let mut open: Vec<&Order> = orders.iter().collect();
    loop {
        again.tick().await;
        let mut still = Vec::new();
        for order in open {
            let key = &members[order.member].key;
            let project = fleet.look(&order.project, key).await;
            if project["status"] == "producing" {
                if begun.elapsed() > QUIET && is_unsent(fleet, &project).await {
                    fleet.cancel(&order.project, key, &format!("let-go-{}", order.project)).await;
                    let_go += 1;
                }
                still.push(order);
            }
        }
        if still.is_empty() {
            return let_go;
        }
        open = still;
        if begun.elapsed() > PATIENCE {
            let key = |order: &Order| members[order.member].key.clone();
            let first = fleet.look(&open[0].project, &key(open[0])).await;
            panic!("{} are open, such as {first:#}\n{}", open.len(), fleet.last_words());
        }
    }
}

const ATTEMPTS: &str = "SELECT s.state, s.attempt, v.state, v.attempt FROM projects p \
    LEFT JOIN songs s ON s.id = p.song_id LEFT JOIN videos v ON v.id = p.video_id WHERE p.id = ?";

/// The states of a song and a video, and the attempts that they belong to.
type Attempts = (Option<String>, Option<Uuid>, Option<String>, Option<Uuid>);

/// Whether a purchase was decided on and the providers have not heard of it.
async fn is_unsent(fleet: &Fleet, project: &Value) -> bool {
    let id: ProjectId = project["id"].as_str().unwrap().parse().unwrap();
    let found = sqlx::query_as(ATTEMPTS).bind(Uuid::from_u128(id.to_bits()));
    let found: Attempts = found.fetch_one(&fleet.database).await.unwrap();
    let submitting = |state: &Option<String>| state.as_deref() == Some("submitting");
    let (song, song_attempt, video, video_attempt) = found;
    let song = song_attempt.filter(|_| submitting(&song));
    let video = video_attempt.filter(|_| submitting(&video));
    let ledger = Ledger::of(&fleet.stand_ins);
    let token = |bits: Uuid| AttemptToken::from_bits(bits.as_u128()).to_string();
    video.or(song).map(token).is_some_and(|token| !ledger.attempts().contains(token.as_str()))
}
