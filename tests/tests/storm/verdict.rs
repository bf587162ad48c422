use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use super::{
    fleet::{Fleet, LEASE},
    ledger::Ledger,
    orders::{Member, Order, delivered},
    watch::{Lapse, Recovery, percentile},
    weather::Report,
};

/// What a storm came to.
pub(crate) struct Verdict {
    kills: usize,
    by_itself: usize,
    outages: [usize; 2],
    recovery: Recovery,
    /// Those whom nobody had bought for, and whose owners waited no longer.
    pub(crate) let_go: usize,
    panics: usize,
    tally: Tally,
    ledger: Ledger,
    points: (i64, i64),
}

/// How the accepted productions ended.
#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    ends: BTreeMap<String, usize>,
    lost: Vec<Value>,
    worth: i64,
}

impl Verdict {
    pub(crate) async fn of(fleet: &Fleet, members: &[Member], orders: &[Order]) -> Self {
        let mut tally = Tally { accepted: orders.len(), ..Tally::default() };
        for order in orders {
            tally.count(fleet.look(&order.project, &members[order.member].key).await);
        }
        let mut spent = 0;
        for member in members {
            spent += member.given - fleet.balance(&member.key).await;
        }
        let points = (spent, tally.worth);
        Self {
            kills: 0,
            by_itself: 0,
            outages: [0, 0],
            recovery: Recovery::default(),
            let_go: 0,
            panics: 0,
            tally,
            ledger: Ledger::of(&fleet.stand_ins),
            points,
        }
    }

    /// Adds what the weather was, and how soon what the killed held was taken on.
    pub(crate) async fn weathered(&mut self, fleet: &Fleet, weather: &Report, lapses: &[Lapse]) {
        let mut kills = Vec::new();
        for instance in &fleet.instances {
            let ends = instance.ends().await;
            kills.extend(ends.kills);
            self.by_itself += ends.by_itself;
            self.panics += instance.said().matches("panicked at").count();
        }
        self.kills = kills.len();
        self.outages = [weather.database.len(), weather.redis];
        self.recovery = Recovery::of(lapses, &kills, &weather.database);
    }

    /// # Panics
    ///
    /// If anything was lost, bought twice, or charged wrongly.
    pub(crate) fn assert(&self) {
        let Self { tally, ledger, points, .. } = self;
        assert!(tally.accepted > 0, "nothing was ordered");
        assert!(tally.lost.is_empty(), "lost: {:#?}", tally.lost);
        assert!(ledger.twice().is_empty(), "bought twice: {:#?}", ledger.twice());
        assert_eq!(points.0, points.1, "points spent are not the prices of what was delivered");
        assert!(self.ended("finished") > 0, "nothing was finished");
        assert_eq!(self.panics, 0, "the program panicked");
    }

    pub(crate) fn ended(&self, how: &str) -> usize {
        self.tally.ends.get(how).copied().unwrap_or_default()
    }
}

impl Tally {
    fn count(&mut self, project: Value) {
        self.worth += delivered(&project);
        let status = project["status"].as_str().unwrap_or_default();
        let failures = ["lyric", "song", "video"].map(|stage| &project[stage]["failure"]);
        let reason = failures
            .iter()
            .find_map(|failure| Some((failure["code"].as_str()?, failure["detail"].as_str()?)));
        let end = match (status, reason) {
            ("finished" | "canceled", _) => status.to_owned(),
            ("failed", Some((code, detail))) if !detail.is_empty() => {
                format!("failed: {code}: {detail}")
            }
            _ => return self.lost.push(project),
        };
        *self.ends.entry(end).or_default() += 1;
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = |what: &str, told: String| writeln!(f, "  {what:<34}{told}");
        line("kills / ended by itself", format!("{} / {}", self.kills, self.by_itself))?;
        let [database, redis] = self.outages;
        line("restarts of database / redis", format!("{database} / {redis}"))?;
        line("accepted", self.tally.accepted.to_string())?;
        for (end, times) in &self.tally.ends {
            line(&format!("  {end}"), times.to_string())?;
        }
        line("  (let go: nothing was bought)", self.let_go.to_string())?;
        line("lost", self.tally.lost.len().to_string())?;
        line("songs / films bought", format!("{} / {}", self.ledger.songs(), self.ledger.films()))?;
        line("bought twice", self.ledger.twice().len().to_string())?;
        line("points spent / delivered", format!("{} / {}", self.points.0, self.points.1))?;
        let shown = |times: &[chrono::TimeDelta]| {
            let shown = |p| {
                percentile(times, p)
                    .map_or("-".to_owned(), |t| format!("{:.1} s", t.as_seconds_f64()))
            };
            format!("{} / {} / {} ({})", shown(50), shown(95), shown(100), times.len())
        };
        line("recovery p50 / p95 / most (jobs)", shown(&self.recovery.times))?;
        line("  beside the database's restarts", shown(&self.recovery.with_outage))?;
        line("two lease times", format!("{} s", 2 * LEASE.as_secs()))?;
        line("lapsed without a kill", self.recovery.without_kill.to_string())
    }
}
