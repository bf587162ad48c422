use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use castad_contract::Streams;
use castad_domain::{
    model::{EventSeq, MemberId},
    port::{Announcement, EventStream, RunEnd, StreamError},
};

/// What is wrong with a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamFault {
    None,
    /// It adds whatever comes.
    AddsAnything,
    /// It knows what it has for a while only.
    Forgets,
    /// It numbers all members in one line.
    MixesMembers,
    /// It tells nobody which project it is about.
    LosesProjects,
}

struct BrokenStream {
    fault: StreamFault,
    there: Mutex<Vec<Announcement>>,
    known: Mutex<HashSet<(MemberId, EventSeq)>>,
}

impl BrokenStream {
    fn add(&self, told: &Announcement) {
        let mut there = self.there.lock().expect("nobody panics with it");
        let known =
            self.known.lock().expect("nobody panics with it").insert((told.member, told.seq));
        let later = there.iter().any(|other| match self.fault {
            StreamFault::None | StreamFault::LosesProjects => {
                other.member == told.member && other.seq >= told.seq
            }
            StreamFault::AddsAnything | StreamFault::Forgets => false,
            StreamFault::MixesMembers => other.seq >= told.seq,
        });
        if later || (self.fault == StreamFault::Forgets && !known) {
            return;
        }
        let mut told = told.clone();
        if self.fault == StreamFault::LosesProjects {
            told.project = None;
        }
        there.push(told);
    }
}

#[async_trait]
impl EventStream for BrokenStream {
    async fn publish(&self, runs: &[Vec<Announcement>]) -> Vec<RunEnd> {
        let end = |run: &Vec<Announcement>| {
            for told in run {
                self.add(told);
            }
            RunEnd { taken: run.len(), fault: None }
        };
        runs.iter().map(end).collect()
    }

    async fn check(&self) -> Result<(), StreamError> {
        Ok(())
    }
}

pub(crate) fn broken_stream(fault: StreamFault) -> Streams {
    let (there, known) = (Mutex::default(), Mutex::default());
    let stream = Arc::new(BrokenStream { fault, there, known });
    let (listening, forgetting) = (Arc::clone(&stream), Arc::clone(&stream));
    Streams {
        stream: stream.clone(),
        other: stream,
        heard: Box::new(move |member, project| {
            let there = listening.there.lock().expect("nobody panics with it");
            let of = |told: &&Announcement| {
                told.member == member && (project.is_none() || told.project == project)
            };
            let heard: Vec<_> = there.iter().filter(of).cloned().collect();
            Box::pin(async move { heard })
        }),
        forget: Box::new(move || {
            forgetting.known.lock().expect("nobody panics with it").clear();
            Box::pin(async {})
        }),
        keep: None,
    }
}
