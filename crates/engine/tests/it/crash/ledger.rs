//! What was bought of others, as they would put it on their bill.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Mutex,
};

use castad_domain::model::{AttemptToken, ProviderJob, Stage};
use chrono::{DateTime, Utc};

use super::world::CALLBACK;

/// A purchase.
#[derive(Debug, Clone)]
pub(crate) struct Purchase {
    pub(crate) stage: Stage,
    pub(crate) row: u128,
    pub(crate) attempt: AttemptToken,
    pub(crate) job: ProviderJob,
    pub(crate) at: DateTime<Utc>,
}

#[derive(Default)]
pub(crate) struct Ledger(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    written: BTreeMap<u128, usize>,
    bought: Vec<Purchase>,
    called_back: usize,
    stirred: bool,
}

impl Ledger {
    /// Somebody may have written since it was asked last.
    pub(crate) fn is_stirred(&self) -> bool {
        mem::take(&mut self.0.lock().unwrap().stirred)
    }

    pub(crate) fn stir(&self) {
        self.0.lock().unwrap().stirred = true;
    }

    pub(crate) fn wrote(&self, lyric: u128) {
        *self.0.lock().unwrap().written.entry(lyric).or_default() += 1;
    }

    pub(crate) fn bought(&self, purchase: Purchase) {
        let mut entries = self.0.lock().unwrap();
        let same = |p: &Purchase| p.stage == purchase.stage && p.job == purchase.job;
        if !entries.bought.iter().any(same) {
            entries.bought.push(purchase);
        }
    }

    /// The first purchase that no callback has told of.
    pub(crate) fn to_call_back(&self) -> Option<Purchase> {
        let entries = self.0.lock().unwrap();
        entries.bought.get(entries.called_back).cloned()
    }

    pub(crate) fn called_back(&self) {
        self.0.lock().unwrap().called_back += 1;
    }

    /// Whether it was bought, and the callback that tells of it came, before that time.
    pub(crate) fn has_bought(&self, stage: Stage, row: u128, before: DateTime<Utc>) -> bool {
        let entries = self.0.lock().unwrap();
        let mut of_row = entries.bought.iter().filter(|p| (p.stage, p.row) == (stage, row));
        of_row.any(|purchase| purchase.at + CALLBACK < before)
    }

    /// What was bought more often than it may be.
    pub(crate) fn faults(&self) -> Vec<String> {
        let entries = self.0.lock().unwrap();
        let mut faults = Vec::new();
        for (lyric, times) in entries.written.iter().filter(|(_, times)| **times > 2) {
            faults.push(format!("lyric {lyric:x} was written {times} times"));
        }
        let (mut rows, mut attempts) = (BTreeSet::new(), BTreeSet::new());
        for Purchase { stage, row, attempt, job, .. } in &entries.bought {
            if !attempts.insert((*stage, attempt.to_bits())) {
                faults.push(format!("{stage:?}: an attempt was bought twice, as {job} too"));
            }
            if !rows.insert((*stage, *row)) {
                faults.push(format!("{stage:?} {row:x} was bought twice, as {job} too"));
            }
        }
        faults
    }
}
