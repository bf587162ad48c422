use std::{sync::Arc, time::Duration};

use castad_stand_ins::{
    StandIns,
    creatomate::{Fate, Fault as Render, Order as Film},
    openai::Fault as Words,
    suno::{CallbackFault, Failing, Fault as Song, JobFault},
};
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{clock, dice::Dice, fleet::Fleet, watch::Outage};

/// How often an instance is killed.
const KILLS: Duration = Duration::from_secs(2);
/// After how many kills the database loses its power, first and then each time.
const DATABASE: (usize, usize) = (5, 25);
/// The same of Redis.
const REDIS: (usize, usize) = (9, 20);
/// How often providers go on with what they make.
const PROVIDERS: Duration = Duration::from_millis(300);

/// What the weather was.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) database: Vec<Outage>,
    pub(crate) redis: usize,
}

/// Kills instances and restarts servers, until it is over.
pub(crate) async fn rage(fleet: Arc<Fleet>, mut dice: Dice, until: Instant) -> Report {
    let mut ticks = interval(KILLS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks.tick().await;
    let (mut databases, mut redises) = (JoinSet::new(), JoinSet::new());
    let is_due =
        |n: usize, (first, each): (usize, usize)| n >= first && (n - first).is_multiple_of(each);
    for n in 1.. {
        ticks.tick().await;
        if Instant::now() >= until {
            break;
        }
        fleet.instances[dice.below(fleet.instances.len())].kill().await;
        if is_due(n, DATABASE) {
            let fleet = Arc::clone(&fleet);
            databases.spawn(async move { without_database(&fleet).await });
        }
        if is_due(n, REDIS) {
            let fleet = Arc::clone(&fleet);
            redises.spawn(async move { fleet.redis.restart().await });
        }
    }
    let redis = redises.join_all().await.len();
    Report { database: databases.join_all().await, redis }
}

/// The database loses its power; from when to when it was away.
async fn without_database(fleet: &Fleet) -> Outage {
    let from = clock::now();
    fleet.mysql.restart().await;
    while sqlx::query("SELECT 1").execute(&fleet.database).await.is_err() {
        tokio::task::yield_now().await;
    }
    (from, clock::now())
}

/// Lets providers go on with what they make and call again where nobody was there; and do, as long
/// as the storm lasts, what providers do.
pub(crate) async fn provide(fleet: Arc<Fleet>, mut dice: Dice, until: Instant) {
    let mut ticks = interval(PROVIDERS);
    loop {
        ticks.tick().await;
        fleet.stand_ins.suno.finish();
        fleet.stand_ins.suno.call_again();
        fleet.stand_ins.creatomate.call_again();
        if Instant::now() < until && dice.once_in(3) {
            misbehave(&fleet.stand_ins, &mut dice);
        }
    }
}

/// Answers that are lost, jobs that fail, callbacks that do not come.
fn misbehave(stand_ins: &StandIns, dice: &mut Dice) {
    let (suno, creatomate) = (&stand_ins.suno, &stand_ins.creatomate);
    match dice.below(9) {
        0 => stand_ins.openai.order([Words::Dropped]),
        1 => stand_ins.openai.order([Words::ServerError]),
        2 => suno.order([Song::Generate(Failing::Dropped)]),
        3 => suno.order([Song::Generate(Failing::CutShort)]),
        4 => suno.order([Song::Job(JobFault::SensitiveWord)]),
        5 => suno.order([Song::Callback(CallbackFault::Duplicated)]),
        6 => creatomate.order([Film::Create(Render::DroppedAfter)]),
        7 => creatomate.order([Film::Render(Fate::WebhookTwice)]),
        _ => creatomate
            .order([Film::Render(Fate::Fails { message: "The font is missing".to_owned() })]),
    }
}
