//! Webhooks: where a member's events are delivered, and what becomes of a delivery.

mod delivery;
mod filter;
mod schedule;
mod secret;
mod state;
mod terms;
#[cfg(test)]
mod tests;
mod url;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use super::{EventSeq, IllegalTransition, MemberId, WebhookId};
pub use delivery::{WebhookDelivery, WebhookFault, WebhookOutcome};
pub use filter::{EventFilter, EventFilterError};
pub use schedule::WAITS;
use schedule::{LONGEST_ASKED, wait};
pub use secret::{WebhookSecret, WebhookSecrets};
pub use state::{DisabledReason, WebhookState};
pub use terms::{WebhookChange, WebhookNote, WebhookTerms};
pub use url::{WebhookUrl, WebhookUrlError};

/// All that a webhook is, but for its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookParts {
    /// Its id.
    pub id: WebhookId,
    /// Whose events it is told.
    pub member: MemberId,
    /// What its owner says of it.
    pub terms: WebhookTerms,
    /// Where it stands.
    pub state: WebhookState,
    /// The last event that it was told, or that is none of its own.
    pub told: EventSeq,
    /// Nothing is tried before then.
    pub due: DateTime<Utc>,
    /// Until when somebody has it in hand.
    pub lease_until: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How often it was written.
    pub version: i64,
}

/// Where a member's events are delivered, in the order of the log.
///
/// `told` is a cursor into the log: everything up to it was delivered or is none of its own. The event
/// behind it is tried until it is taken or the webhook is disabled.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    parts: WebhookParts,
    secrets: WebhookSecrets,
}

/// Without its secrets.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

/// What is asked to be told again has not been told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last event that was told is {told}: nothing behind it can be told again")]
pub struct NotToldYet {
    /// The last event that was told.
    pub told: EventSeq,
}

impl Webhook {
    /// The most that a member may have.
    pub const MOST: u64 = 20;
    /// For how long a secret that was replaced signs beside the new one.
    pub const ROTATION: TimeDelta = TimeDelta::hours(24);

    /// One that is new: it is told what comes behind `told`.
    #[must_use]
    pub fn new(
        (id, member): (WebhookId, MemberId),
        terms: WebhookTerms,
        secret: WebhookSecret,
        told: EventSeq,
        now: DateTime<Utc>,
    ) -> Self {
        let (state, lease_until) = (WebhookState::Delivering, None);
        let (due, created_at) = (now, now);
        let parts = WebhookParts {
            id,
            member,
            terms,
            state,
            told,
            due,
            lease_until,
            created_at,
            version: 1,
        };
        Self { parts, secrets: WebhookSecrets { current: secret, old: None } }
    }

    /// One that a row holds.
    #[must_use]
    pub fn restore(parts: WebhookParts, secrets: WebhookSecrets) -> Self {
        Self { parts, secrets }
    }

    /// All that it is, but for its secrets.
    #[must_use]
    pub fn parts(&self) -> &WebhookParts {
        &self.parts
    }

    /// What it signs with.
    #[must_use]
    pub fn secrets(&self) -> &WebhookSecrets {
        &self.secrets
    }

    /// As it is once it is written.
    #[must_use]
    pub fn written(mut self) -> Self {
        self.parts.version += 1;
        self
    }

    /// How often the next event was tried, counting the time to come.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.parts.state.attempts() + 1
    }

    /// In somebody's hands until then.
    #[must_use]
    pub fn claimed(&self, until: DateTime<Utc>) -> Self {
        self.with(|parts| parts.lease_until = Some(until))
    }

    /// In nobody's hands, and behind those that wait.
    #[must_use]
    pub fn released(&self, now: DateTime<Utc>) -> Self {
        self.with(|parts| {
            parts.lease_until = None;
            parts.due = parts.due.max(now);
        })
    }

    /// Everything up to `through` was told, or is none of its own.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] once it is disabled.
    pub fn delivered(&self, through: EventSeq) -> Result<Self, IllegalTransition> {
        self.works("told")?;
        Ok(self.with(|parts| {
            parts.state = WebhookState::Delivering;
            parts.told = through;
        }))
    }

    /// The next event was not taken: it is tried again after the wait of the schedule, or one that
    /// who was called `asked` for; disabled after the last.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] once it is disabled.
    pub fn failed(
        &self,
        now: DateTime<Utc>,
        asked: Option<TimeDelta>,
        random: u128,
    ) -> Result<Self, IllegalTransition> {
        self.works("refused")?;
        let attempts = self.attempt();
        let Some(planned) = wait(attempts, random) else {
            return Ok(self.disabled(now, DisabledReason::Exhausted));
        };
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        Ok(self.with(|parts| {
            parts.state = WebhookState::Retrying { attempts };
            parts.due = now + planned.max(asked);
        }))
    }

    /// Who was called said that nobody is there any more.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] once it is disabled.
    pub fn gone(&self, now: DateTime<Utc>) -> Result<Self, IllegalTransition> {
        self.works("gone")?;
        Ok(self.disabled(now, DisabledReason::Gone))
    }

    /// With the change made. Another address is tried at once, and so is one that is switched on.
    #[must_use]
    pub fn changed(&self, change: &WebhookChange, now: DateTime<Utc>) -> Self {
        let WebhookChange { url, events, note, enabled } = change.clone();
        let mut changed = self.clone();
        let terms = &mut changed.parts.terms;
        let moved = url.as_ref().is_some_and(|url| *url != terms.url);
        terms.url = url.unwrap_or_else(|| terms.url.clone());
        terms.events = events.unwrap_or_else(|| terms.events.clone());
        terms.note = note.unwrap_or_else(|| terms.note.clone());
        match (self.is_disabled(), enabled) {
            (false, Some(false)) => changed.disabled(now, DisabledReason::Owner),
            (true, Some(true)) => changed.afresh(now),
            (false, _) if moved => changed.afresh(now),
            _ => changed,
        }
    }

    /// Told again what comes behind `after`; one that is disabled stays so.
    ///
    /// # Errors
    ///
    /// [`NotToldYet`] if `after` is behind the last one told.
    pub fn replayed(&self, after: EventSeq, now: DateTime<Utc>) -> Result<Self, NotToldYet> {
        let told = self.parts.told;
        if after > told {
            return Err(NotToldYet { told });
        }
        let back = self.with(|parts| parts.told = after);
        Ok(if self.is_disabled() { back } else { back.afresh(now) })
    }

    /// With another secret; the one before signs beside it for [`ROTATION`](Self::ROTATION).
    #[must_use]
    pub fn rotated(&self, secret: WebhookSecret, now: DateTime<Utc>) -> Self {
        let old = Some((self.secrets.current.clone(), now + Self::ROTATION));
        Self { parts: self.parts.clone(), secrets: WebhookSecrets { current: secret, old } }
    }

    /// Whether nothing is delivered.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        matches!(self.parts.state, WebhookState::Disabled { .. })
    }

    fn works(&self, event: &'static str) -> Result<(), IllegalTransition> {
        match &self.parts.state {
            WebhookState::Delivering | WebhookState::Retrying { .. } => Ok(()),
            state @ WebhookState::Disabled { .. } => {
                Err(IllegalTransition { what: "webhook", from: state.name(), event })
            }
        }
    }

    fn disabled(&self, at: DateTime<Utc>, reason: DisabledReason) -> Self {
        self.with(|parts| parts.state = WebhookState::Disabled { at, reason })
    }

    fn afresh(&self, now: DateTime<Utc>) -> Self {
        self.with(|parts| {
            parts.state = WebhookState::Delivering;
            parts.due = now;
        })
    }

    fn with(&self, change: impl FnOnce(&mut WebhookParts)) -> Self {
        let mut next = self.clone();
        change(&mut next.parts);
        next
    }
}
