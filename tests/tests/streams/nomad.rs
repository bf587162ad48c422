//! Who comes back after every few events, to any of several instances, while all of them write.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use castad_tests::{Castad, Folder};
use tokio::task::JoinSet;

use super::{
    clock, dice,
    dice::Dice,
    listener::{Listener, log},
    open_project,
};

/// How many events are heard while others are written.
const HEARD: usize = 300;

/// So many instances on one database.
pub(crate) async fn comes_back(many: usize, environment: &[(&str, &str)]) {
    let folder = Folder::new();
    let seed = dice::seed(clock::now().timestamp_micros());
    eprintln!("CASTAD_TEST_SEED={seed} does it again");
    let mut instances = Vec::new();
    for _ in 0..many {
        instances.push(Arc::new(Castad::start_with(folder.path(), environment).await));
    }
    let (enough, mut writing) = (Arc::new(AtomicBool::new(false)), JoinSet::new());
    for instance in &instances {
        let (instance, enough) = (Arc::clone(instance), Arc::clone(&enough));
        writing.spawn(async move {
            while !enough.load(Ordering::SeqCst) {
                open_project(&instance).await;
            }
        });
    }

    let mut nomad = Nomad { instances, dice: Dice::of(seed, 0), last: None, heard: Vec::new() };
    while nomad.heard.len() < HEARD {
        nomad.visit(None).await;
    }
    enough.store(true, Ordering::SeqCst);
    writing.join_all().await;
    let told = log(&nomad.instances[0]).await;
    while nomad.heard.last() != told.last() {
        nomad.visit(told.last()).await;
    }
    let times = nomad.heard.len();
    let mut seen = BTreeSet::new();
    nomad.heard.retain(|id| seen.insert(id.clone()));
    assert_eq!(nomad.heard, told);
    assert!(times > told.len(), "nothing came twice");
}

struct Nomad {
    instances: Vec<Arc<Castad>>,
    dice: Dice,
    /// Behind which event they go on.
    last: Option<String>,
    heard: Vec<String>,
}

impl Nomad {
    /// Hears an event or a few more at one of them, none behind the `end`, and now and then forgets the
    /// last one.
    async fn visit(&mut self, end: Option<&String>) {
        let instance = &self.instances[self.dice.below(self.instances.len())];
        let mut listener = Listener::of(instance, self.last.as_deref()).await;
        let more = if self.dice.once_in(4) { self.dice.below(3) } else { 0 };
        for _ in 0..=more {
            let id = listener.next().await.expect("the stream goes on");
            let is_over = end == Some(&id);
            self.heard.push(id);
            if is_over {
                return;
            }
        }
        let forgets = usize::from(self.dice.once_in(8));
        let known = self.heard.len().checked_sub(1 + forgets);
        self.last = known.map(|place| self.heard[place].clone());
    }
}
