use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use castad_domain::{
    model::{Email, Letter},
    port::{MailError, MailErrorKind, Mailer},
};

use crate::bell::locked;

/// A mailbox for everybody, in memory: takes every letter, unless it is told otherwise.
///
/// Clones are ways to the same.
#[derive(Clone, Default)]
pub struct MemoryMail(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    letters: Vec<Letter>,
    fates: BTreeMap<String, MailErrorKind>,
    away: bool,
}

impl MemoryMail {
    /// No letter has come.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on letters to an address end so. Where nobody can tell, they were taken.
    pub fn fails(&self, to: &Email, why: MailErrorKind) {
        locked(&self.0).fates.insert(to.key(), why);
    }

    /// From now on letters to an address are taken.
    pub fn takes(&self, to: &Email) {
        locked(&self.0).fates.remove(&to.key());
    }

    /// From now on no letter is taken, or all are again.
    pub fn is_away(&self, away: bool) {
        locked(&self.0).away = away;
    }

    /// The letters that came, in order.
    #[must_use]
    pub fn letters(&self) -> Vec<Letter> {
        locked(&self.0).letters.clone()
    }
}

#[async_trait]
impl Mailer for MemoryMail {
    fn sends(&self) -> bool {
        true
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let mut kept = locked(&self.0);
        if kept.away {
            return Err(MailErrorKind::Unavailable.into());
        }
        let fate = kept.fates.get(&letter.to.key()).copied();
        if matches!(fate, None | Some(MailErrorKind::Unknown)) {
            kept.letters.push(letter.clone());
        }
        fate.map_or(Ok(()), |why| Err(why.into()))
    }
}
