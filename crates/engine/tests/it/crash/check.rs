//! What must be so once nothing is left to do, whatever went wrong on the way.

use std::collections::{BTreeMap, BTreeSet};

use castad_domain::{
    model::{
        Datum, EntryKind, EventKind, EventSeq, FailureCode, Letter, Making, MemberId, NewsKind,
        Production, ProjectStatus, Stage,
    },
    port::{Catalog, EventLog, HistoryPage, Page, PointsReader, Store, WorkQueue},
};
use chrono::{DateTime, Utc};
use futures_util::FutureExt;

use super::{
    owner::{Memo, Request},
    world::{POINTS, World},
};

const ALL: Page = Page { limit: 100, after: None };

/// What was asked for, by the number under which it is paid, and whether it was delivered.
type Bills = BTreeMap<String, (Stage, bool)>;

impl World {
    /// All that is wrong.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.look().now_or_never().unwrap()
    }

    /// What is wrong already, while things are on their way.
    pub(crate) fn faults_on_the_way(&self) -> Vec<String> {
        let mut faults = self.ledger.faults();
        if self.ledger.is_stirred() {
            for owner in &self.owners {
                faults.extend(self.books(owner.member).now_or_never().unwrap());
            }
        }
        faults
    }

    async fn look(&self) -> Vec<String> {
        let mut faults = self.ledger.faults();
        let counts = self.memory.queue().counts().await.unwrap();
        if counts != castad_domain::port::QueueCounts::default() {
            faults.push(format!("{counts:?} are left: {:?}", self.memory.store().buried()));
        }
        let (songs, films) = (self.memory.composer().held(), self.memory.renderer().held());
        if !songs.is_empty() || !films.is_empty() {
            faults.push(format!("{songs:?} and {films:?} were bought and never released"));
        }
        for owner in &self.owners {
            faults.extend(self.ends(owner).await);
            let bills = self.bills(owner.member).await;
            faults.extend(self.points(owner.member, &bills).await);
            faults.extend(self.log(owner.member).await);
            faults.extend(self.letters(owner).await);
        }
        faults
    }

    /// What ended is told of once at most, and each letter is sent once at most.
    async fn letters(&self, owner: &Memo) -> Vec<String> {
        let Some(project) = owner.project() else { return Vec::new() };
        let of = |letter: &Letter| {
            letter.link.as_ref().is_some_and(|link| link.ends_with(&project.to_string()))
        };
        let letters: Vec<_> = self.memory.mail().letters().into_iter().filter(of).collect();
        let ids: BTreeSet<_> = letters.iter().map(|letter| letter.id).collect();
        let mut faults = Vec::new();
        if ids.len() != letters.len() {
            faults.push(format!("a letter was sent twice: {letters:?}"));
        }
        let events = self.memory.store().events(owner.member, Some(project), EventSeq(0), 10_000);
        let events = events.await.unwrap();
        for (kind, event) in [
            (NewsKind::Finished, EventKind::ProjectFinished),
            (NewsKind::Failed, EventKind::ProjectFailed),
        ] {
            let sent = letters.iter().filter(|letter| letter.tidings.kind() == kind).count();
            let ended = events.iter().filter(|told| told.kind == event).count();
            if sent > ended {
                faults
                    .push(format!("{} came {ended} times, and is told {sent} times", event.name()));
            }
        }
        faults
    }

    /// How the owner's production ended.
    async fn ends(&self, owner: &Memo) -> Vec<String> {
        let Some(project) = owner.project() else {
            return vec!["the owner was never told of a project".to_owned()];
        };
        let production: Production = self.memory.production(project).await.unwrap();
        let canceled = owner.cancel_at.is_some() || owner.has_asked(Request::Cancel);
        let status = production.project().status();
        let right = match status {
            ProjectStatus::Finished => production.is_ready(Stage::Video),
            ProjectStatus::Failed => production.failure().is_some_and(|failure| {
                // What was known to be bought by then was not to be given up.
                let unresolved = failure.code == FailureCode::Unresolved;
                // And nobody's steps are in the way of another's.
                failure.code != FailureCode::Internal
                    && !(unresolved && self.has_bought(&production, failure.stage, failure.at))
            }),
            ProjectStatus::Canceled => canceled,
            ProjectStatus::Draft | ProjectStatus::Producing | ProjectStatus::Archived => false,
        };
        if right { Vec::new() } else { vec![format!("it ended as {status:?}")] }
    }

    fn has_bought(&self, production: &Production, stage: Stage, before: DateTime<Utc>) -> bool {
        let song = production.song().map(|song| song.id.to_bits());
        let row = if stage == Stage::Video {
            production.video().map(|video| video.id.to_bits())
        } else {
            song
        };
        row.is_some_and(|row| self.ledger.has_bought(stage, row, before))
    }

    async fn bills(&self, member: MemberId) -> Bills {
        let store = self.memory.store();
        let mut bills = Bills::new();
        let mut add = |project: castad_domain::model::ProjectId, stage: Stage, row: u128, ready| {
            bills.insert(format!("GEN-{project}-{}-{row:032x}", stage.name()), (stage, ready));
        };
        for found in store.lyrics(member, ALL).await.unwrap() {
            let ready = found.row.text().is_some();
            add(found.project, Stage::Lyric, found.row.id.to_bits(), ready);
        }
        for found in store.songs(member, ALL).await.unwrap() {
            let ready = matches!(found.row.making, Making::Ready(_));
            add(found.project, Stage::Song, found.row.id.to_bits(), ready);
        }
        for found in store.videos(member, ALL).await.unwrap() {
            let ready = matches!(found.row.making, Making::Ready(_));
            add(found.project, Stage::Video, found.row.id.to_bits(), ready);
        }
        bills
    }

    /// What was delivered is paid, once, and all else came back, once.
    async fn points(&self, member: MemberId, bills: &Bills) -> Vec<String> {
        let (ports, mut faults) = (self.ports(), Vec::new());
        let page = HistoryPage { limit: 100, after: None, order: None };
        let (mut spent, mut back) = (BTreeMap::new(), BTreeMap::new());
        for entry in self.memory.store().history(member, page).await.unwrap() {
            let order = entry.order.map(|order| order.to_string()).unwrap_or_default();
            match entry.kind {
                EntryKind::Used => spent.entry(order).or_insert_with(Vec::new).push(entry.amount),
                EntryKind::UseCanceled => {
                    back.entry(order).or_insert_with(Vec::new).push(entry.amount);
                }
                EntryKind::Accumulated
                | EntryKind::AccumulationCanceled
                | EntryKind::Expired
                | EntryKind::Transferred => {}
            }
        }
        let mut left = POINTS;
        for (order, (stage, ready)) in bills {
            let price = i64::from(ports.prices.of(*stage));
            if spent.remove(order) != Some(vec![-price]) {
                faults.push(format!("{order} was not paid once"));
            }
            let returned = back.remove(order);
            if returned != (!ready).then(|| vec![price]) {
                faults.push(format!("{order}: ready is {ready}, and {returned:?} came back"));
            }
            left -= if *ready { price } else { 0 };
        }
        if !spent.is_empty() || !back.is_empty() {
            faults.push(format!("{spent:?} and {back:?} belong to nothing"));
        }
        faults.extend(self.account(member, left).await);
        faults
    }

    /// What the account, its entries and its totals say.
    async fn account(&self, member: MemberId, left: i64) -> Vec<String> {
        let mut faults = self.books(member).await;
        let balance = self.balance(member).await;
        if balance != left {
            faults.push(format!("{balance} points are there, and {left} should be"));
        }
        faults
    }

    async fn balance(&self, member: MemberId) -> i64 {
        let ports = self.ports();
        let now = ports.clock.now();
        ports.points.balance(member, now, now).await.unwrap().available
    }

    /// What the account has, its entries sum up to, and its totals say are one, at every moment.
    async fn books(&self, member: MemberId) -> Vec<String> {
        let (mut faults, balance) = (Vec::new(), self.balance(member).await);
        if !(0..=POINTS).contains(&balance) {
            faults.push(format!("{balance} points are there, and there were {POINTS}"));
        }
        let mut unit = self.memory.store().begin().await.unwrap();
        let (sums, kept) = unit.points().audit(member).await.unwrap();
        if kept != Some(sums) || sums.available != balance {
            faults.push(format!("the totals say {kept:?}, the entries {sums:?}"));
        }
        faults
    }

    /// Each event is there once, and none is missing for how things stand.
    async fn log(&self, member: MemberId) -> Vec<String> {
        let events = self.memory.store().events(member, None, EventSeq(0), 10_000).await.unwrap();
        let mut told: BTreeMap<(&str, String), usize> = BTreeMap::new();
        let mut faults = Vec::new();
        for event in events {
            let named = ["id", "order_number", "key"].iter().find_map(|name| event.data.get(*name));
            let of = event.project.map(|project| project.to_string()).unwrap_or_default();
            let named = named.map_or(of, |named| format!("{named:?}"));
            *told.entry((event.kind.name(), named)).or_default() += 1;
        }
        for ((kind, of), times) in &told {
            let kind = EventKind::from_name(kind).unwrap();
            if *times > self.most(kind) {
                faults.push(format!("{} of {of} is told {times} times", kind.name()));
            }
        }
        for (kind, of) in self.due_events(member).await {
            if !told.contains_key(&(kind.name(), of.clone())) {
                faults.push(format!("{} of {of} is missing", kind.name()));
            }
        }
        faults
    }

    /// What must have been told for things to stand as they do.
    async fn due_events(&self, member: MemberId) -> Vec<(EventKind, String)> {
        let mut due = Vec::new();
        for memo in self.owners.iter().filter(|memo| memo.member == member) {
            let Some(project) = memo.project() else { continue };
            let production = self.memory.production(project).await.unwrap();
            due.push((EventKind::ProjectCreated, project.to_string()));
            let ended = match production.project().status() {
                ProjectStatus::Finished => Some(EventKind::ProjectFinished),
                ProjectStatus::Failed => Some(EventKind::ProjectFailed),
                ProjectStatus::Canceled => Some(EventKind::ProjectCanceled),
                ProjectStatus::Draft | ProjectStatus::Producing | ProjectStatus::Archived => None,
            };
            due.extend(ended.map(|kind| (kind, project.to_string())));
            let id = |id: String| format!("{:?}", Datum::Text(id));
            if let Some(lyric) = production.lyric().filter(|lyric| lyric.text().is_some()) {
                due.push((EventKind::LyricReady, id(lyric.id.to_string())));
            }
            if let Some(song) = production.song().filter(|song| song.making.product().is_some()) {
                due.push((EventKind::SongReady, id(song.id.to_string())));
            }
            if let Some(video) = production.video().filter(|v| v.making.product().is_some()) {
                due.push((EventKind::VideoReady, id(video.id.to_string())));
            }
        }
        due
    }

    /// How often an event may be told of one thing: words are asked for twice at most, and what a
    /// provider has declined is asked for again.
    fn most(&self, kind: EventKind) -> usize {
        match kind.name() {
            "lyric.writing" => 2 + self.declines,
            "lyric.requested" | "song.requested" | "song.submitting" | "video.requested"
            | "video.submitting" => 1 + self.declines,
            "project.failed" if self.owners.iter().any(|o| o.script.contains(&Request::Retry)) => 2,
            _ => 1,
        }
    }
}
