use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use castad_domain::{
    model::{EventSeq, MemberId},
    port::{
        Announcement, EventOutbox, EventStream, RunEnd, StoreError, StreamError, StreamErrorKind,
        Untold,
    },
};

use crate::{bell::locked, store::MemoryStore};

#[async_trait]
impl EventOutbox for MemoryStore {
    async fn untold(&self, after: Option<MemberId>, limit: u32) -> Result<Vec<Untold>, StoreError> {
        let tables = self.snapshot();
        let ends = tables.log.iter().filter_map(|(member, log)| Some((*member, log.last()?.seq)));
        let behind = ends.filter(|(member, _)| after.is_none_or(|after| *member > after));
        let marked = behind.map(|(member, last)| {
            let told = tables.told.get(&member).copied().unwrap_or_default();
            Untold { member, told, last }
        });
        Ok(marked.filter(|untold| untold.told < untold.last).take(limit as usize).collect())
    }

    async fn mark_told(&self, member: MemberId, through: EventSeq) -> Result<bool, StoreError> {
        self.change(|tables| {
            let last = tables.log.get(&member).and_then(|log| log.last()).map(|last| last.seq);
            let told = tables.told.entry(member).or_default();
            let news = through > *told && last.is_some_and(|last| through <= last);
            if news {
                *told = through;
            }
            Ok(news)
        })
    }
}

/// A stream of events in memory, and what goes wrong with it on purpose.
///
/// Clones are ways to the same stream.
#[derive(Clone, Default)]
pub struct MemoryStream(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    there: Vec<Announcement>,
    ends: BTreeMap<MemberId, EventSeq>,
    away: bool,
    breaks_after: Option<usize>,
    refuses: Option<MemberId>,
}

impl MemoryStream {
    /// Nothing is in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All that is in it.
    #[must_use]
    pub fn told(&self) -> Vec<Announcement> {
        locked(&self.0).there.clone()
    }

    /// What is in it of one member.
    #[must_use]
    pub fn told_of(&self, member: MemberId) -> Vec<EventSeq> {
        let kept = locked(&self.0);
        kept.there.iter().filter(|told| told.member == member).map(|told| told.seq).collect()
    }

    /// It does not answer, or does again.
    pub fn away(&self, away: bool) {
        locked(&self.0).away = away;
    }

    /// Takes so many more and then does not answer; the last one is kept, and nobody is told.
    pub fn breaks_after(&self, events: usize) {
        locked(&self.0).breaks_after = Some(events);
    }

    /// Takes nothing of that member.
    pub fn refuses(&self, member: Option<MemberId>) {
        locked(&self.0).refuses = member;
    }
}

impl Kept {
    fn take(&mut self, told: &Announcement) -> Result<(), StreamErrorKind> {
        if self.away {
            return Err(StreamErrorKind::Unavailable);
        }
        if self.refuses == Some(told.member) {
            return Err(StreamErrorKind::Refused);
        }
        let end = self.ends.entry(told.member).or_default();
        if told.seq > *end {
            *end = told.seq;
            self.there.push(told.clone());
        }
        match &mut self.breaks_after {
            Some(0) => {
                (self.away, self.breaks_after) = (true, None);
                Err(StreamErrorKind::Unavailable)
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

#[async_trait]
impl EventStream for MemoryStream {
    async fn publish(&self, runs: &[Vec<Announcement>]) -> Vec<RunEnd> {
        let mut kept = locked(&self.0);
        let mut ends = Vec::with_capacity(runs.len());
        for run in runs {
            let mut end = RunEnd { taken: 0, fault: None };
            for told in run {
                match kept.take(told) {
                    Ok(()) => end.taken += 1,
                    Err(kind) => {
                        end.fault = Some(kind.into());
                        break;
                    }
                }
            }
            ends.push(end);
        }
        ends
    }

    async fn check(&self) -> Result<(), StreamError> {
        if locked(&self.0).away { Err(StreamErrorKind::Unavailable.into()) } else { Ok(()) }
    }
}
