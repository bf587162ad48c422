//! How often who may ask for what, counted by this process in memory.

mod address;
mod allowance;
mod keys;
mod lately;
mod log_ins;
mod meter;
mod streams;

use std::{hash::Hash, time::Duration};

use castad_domain::model::{MemberId, SecretHash};
use chrono::{DateTime, TimeDelta, Utc};

use crate::config::LimitsConfig;
use keys::Keys;
use log_ins::Guesses;
use meter::Meter;

pub use address::{Place, Proxies};
pub use allowance::{Allowance, Standing};
pub use keys::LookUp;
pub use log_ins::{Account, Attempt};
pub use streams::{OpenStream, Streams};

/// The most callers, keys and places that are told apart at once, for each limit.
const MOST_TOLD_APART: usize = 100_000;

/// Who has asked how often, and whether they may again.
pub struct Limits {
    of_member: Option<Meter<MemberId>>,
    of_key: Option<Meter<SecretHash>>,
    keys: Option<Keys>,
    log_ins: Option<Meter<Place>>,
    guesses: Option<Guesses>,
    registrations: Option<Meter<Place>>,
    /// The streams that are open.
    pub streams: Streams,
    /// How long who sends a body may stand still.
    pub stalled: Duration,
    /// Whose word about addresses is taken.
    pub proxies: Proxies,
}

/// Whether a caller's request is carried out, and where they stand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Admission {
    member: Option<Standing>,
    key: Option<Standing>,
}

impl Limits {
    /// The limits of a configuration, of which nothing is used up.
    #[must_use]
    pub fn new(config: &LimitsConfig) -> Self {
        Self {
            of_member: config.of_member.map(meter),
            of_key: config.of_key.map(meter),
            keys: config.wrong_keys.map(|wrong| Keys::new(wrong, MOST_TOLD_APART)),
            log_ins: config.log_ins.map(meter),
            guesses: config.guesses.map(|guesses| Guesses::new(guesses, MOST_TOLD_APART)),
            registrations: config.registrations.map(meter),
            streams: Streams::new(config.streams),
            stalled: config.connections.stalled,
            proxies: Proxies::new(config.proxies.clone()),
        }
    }

    /// What callers are allowed, each limit with its name.
    pub fn allowances(&self) -> impl Iterator<Item = (&'static str, Allowance)> {
        let (member, key) = (self.of_member.as_ref(), self.of_key.as_ref());
        let named = [("member", member.map(Meter::allowance)), ("key", key.map(Meter::allowance))];
        named.into_iter().filter_map(|(name, allowance)| Some((name, allowance?)))
    }

    /// Books a request of a member who came with that key or session; one that is refused by either
    /// limit is booked on neither.
    #[must_use]
    pub fn admit(&self, member: MemberId, key: SecretHash, now: DateTime<Utc>) -> Admission {
        let of_key = self.of_key.as_ref().map(|meter| meter.take(key, now));
        let refused = of_key.is_some_and(|standing| !standing.admitted);
        let of_member = self.of_member.as_ref().map(|meter| {
            let look = if refused { Meter::look } else { Meter::take };
            look(meter, member, now)
        });
        let mut admission = Admission { member: of_member, key: of_key };
        if of_member.is_some_and(|standing| !standing.admitted)
            && !refused
            && let Some(meter) = &self.of_key
        {
            meter.give_back(key);
            admission.key = Some(meter.look(key, now));
        }
        admission
    }

    /// Looks a key up that came from there; `None` where wrong ones are not counted.
    ///
    /// # Errors
    ///
    /// How long it takes until another may be looked up.
    pub fn look_up(
        &self,
        key: SecretHash,
        place: Place,
        now: DateTime<Utc>,
    ) -> Result<Option<LookUp<'_>>, TimeDelta> {
        self.keys.as_ref().map(|keys| keys.look_up(key, place, now)).transpose()
    }

    /// Books an attempt to log in from there.
    ///
    /// # Errors
    ///
    /// How long it takes until there may be another.
    pub fn log_in(&self, place: Place, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        self.log_ins.as_ref().map_or(Ok(()), |meter| meter.take(place, now).allowed())
    }

    /// Books an attempt to log in to an account, whether or not there is one; `None` where attempts
    /// are not counted.
    ///
    /// # Errors
    ///
    /// How long it takes until there may be another from there.
    pub fn guess(
        &self,
        account: Account,
        place: Place,
        now: DateTime<Utc>,
    ) -> Result<Option<Attempt<'_>>, TimeDelta> {
        self.guesses.as_ref().map(|guesses| guesses.guess(account, place, now)).transpose()
    }

    /// Books a registration from there.
    ///
    /// # Errors
    ///
    /// How long it takes until there may be another.
    pub fn register(&self, place: Place, now: DateTime<Utc>) -> Result<(), TimeDelta> {
        self.registrations.as_ref().map_or(Ok(()), |meter| meter.take(place, now).allowed())
    }
}

fn meter<K: Hash + Eq>(allowance: Allowance) -> Meter<K> {
    Meter::new(allowance, MOST_TOLD_APART)
}

impl Admission {
    /// Where the caller stands, for each limit by its name.
    pub fn standings(&self) -> impl Iterator<Item = (&'static str, Standing)> {
        let named = [("member", self.member), ("key", self.key)];
        named.into_iter().filter_map(|(name, standing)| Some((name, standing?)))
    }

    /// The limit that does not let the request through, and how long it will not.
    #[must_use]
    pub fn refused_by(&self) -> Option<(&'static str, TimeDelta)> {
        let refusing = self.standings().filter(|(_, standing)| !standing.admitted);
        refusing.map(|(name, standing)| (name, standing.again_in)).max_by_key(|(_, wait)| *wait)
    }
}
