//! Runs due work: one step at a time for each job, a few jobs at a time.
//!
//! An [`Engine`] claims a job that is due, keeps its lease while the step runs, and puts the job
//! back where the step asks for it or fails. It knows ports and not providers, and takes the time
//! from the `Clock` port alone: with a clock that a test sets, a production that waits for minutes
//! is over in milliseconds.
//!
//! With a feed ([`Engine::with_feed`]) it turns due jobs into offers, in the order in which they
//! would be claimed and a few at a time, and takes what is offered, by whichever engine. The job's
//! row decides: an offer that is lost, late or there twice does no harm. Where the feed gives no
//! answer, or brings to nobody what it took, jobs are claimed from the database.
//!
//! A [`Relay`] beside it takes events from the log to those who listen outside, and a [`Courier`] to
//! the webhooks of members.
//!
//! What it promises:
//!
//! * No more steps at once than its bulkhead allows, in all and of one provider.
//! * Where a provider's rate is limited, all engines on one database keep within it together.
//! * A provider that asks to be left alone is, by all of them; one that gives no answer several times
//!   in a row is by this one. What waits meanwhile loses no attempt.
//! * A step whose lease is lost is dropped where it stands; what it would have written is refused.
//! * Attempts are counted for what really failed: waiting, a pause, a conflict, a database that is
//!   away and a drain cost none.
//! * Told to stop, it claims nothing more, lets steps end until its deadline, hands back the rest
//!   and returns.

mod backoff;
mod courier;
mod crew;
mod engine;
mod fed;
mod feeder;
mod gate;
mod hand;
mod relay;
mod settings;
mod shift;
mod upkeep;

pub use courier::Courier;
pub use engine::Engine;
pub use relay::Relay;
pub use settings::{Rates, Settings};
pub use shift::Follow;
