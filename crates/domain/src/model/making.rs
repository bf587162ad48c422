use super::{AttemptToken, Failure, IllegalTransition, ProviderJob, Stage};

/// What a commission yields: a song's recording, a video's film.
pub trait Product {
    /// The stage that makes it.
    const STAGE: Stage;
    /// What the provider does meanwhile.
    const WORKING: &'static str;
}

/// Where a commission stands: a piece of work that a provider is paid for.
///
/// ```text
/// Requested --submitted--> Submitting --accepted--> Working --delivered--> Collecting --collected--> Ready
///                          Submitting --declined--> Requested
///                          Submitting --lost------> Unresolved --accepted-----> Working
///                                                   Unresolved --bought again-> Requested
/// Requested | Submitting | Working | Collecting | Unresolved --failed----> Failed
/// Requested | Submitting | Working | Collecting | Unresolved --canceled--> Canceled
/// ```
///
/// `Working` is called *composing* for a song and *rendering* for a video. `declined` means that the
/// provider surely started nothing and may be asked again; `bought again` is a person's decision,
/// which a new attempt follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Making<P> {
    /// Somebody asked; no provider has been called.
    Requested,
    /// The decision to buy is written down; whether the provider heard of it is not known.
    Submitting {
        /// The decision.
        attempt: AttemptToken,
    },
    /// The provider has taken the job.
    Working {
        /// The decision that started it.
        attempt: AttemptToken,
        /// What the provider calls it.
        job: ProviderJob,
    },
    /// The provider is done; its result is on the way into the media store.
    Collecting {
        /// The decision that started it.
        attempt: AttemptToken,
        /// What the provider calls it.
        job: ProviderJob,
    },
    /// The result is in the media store.
    Ready(P),
    /// Nobody knows whether the provider took the job.
    Unresolved {
        /// The decision whose fate is not known.
        attempt: AttemptToken,
    },
    /// It ended without a result.
    Failed(Failure),
    /// The owner stopped it.
    Canceled,
}

impl<P: Product> Making<P> {
    /// The state's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Submitting { .. } => "submitting",
            Self::Working { .. } => P::WORKING,
            Self::Collecting { .. } => "collecting",
            Self::Ready(_) => "ready",
            Self::Unresolved { .. } => "unresolved",
            Self::Failed(_) => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Whether it has not ended yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            Self::Requested
            | Self::Submitting { .. }
            | Self::Working { .. }
            | Self::Collecting { .. }
            | Self::Unresolved { .. } => true,
            Self::Ready(_) | Self::Failed(_) | Self::Canceled => false,
        }
    }

    /// Whether the decision to buy is still to be taken or to be carried out.
    #[must_use]
    pub fn is_to_buy(&self) -> bool {
        match self {
            Self::Requested | Self::Submitting { .. } => true,
            Self::Working { .. }
            | Self::Collecting { .. }
            | Self::Ready(_)
            | Self::Unresolved { .. }
            | Self::Failed(_)
            | Self::Canceled => false,
        }
    }

    /// The result, once it is ready.
    #[must_use]
    pub fn product(&self) -> Option<&P> {
        if let Self::Ready(product) = self { Some(product) } else { None }
    }

    /// How it failed, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        if let Self::Failed(failure) = self { Some(failure) } else { None }
    }

    /// The provider's job while there is one that is not done with.
    #[must_use]
    pub fn job(&self) -> Option<&ProviderJob> {
        match self {
            Self::Working { job, .. } | Self::Collecting { job, .. } => Some(job),
            Self::Requested
            | Self::Submitting { .. }
            | Self::Ready(_)
            | Self::Unresolved { .. }
            | Self::Failed(_)
            | Self::Canceled => None,
        }
    }

    /// The decision to buy, from the call until the result is there.
    #[must_use]
    pub fn attempt(&self) -> Option<AttemptToken> {
        match self {
            Self::Submitting { attempt }
            | Self::Working { attempt, .. }
            | Self::Collecting { attempt, .. }
            | Self::Unresolved { attempt } => Some(*attempt),
            Self::Requested | Self::Ready(_) | Self::Failed(_) | Self::Canceled => None,
        }
    }

    /// The decision to buy is taken.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is requested.
    pub fn submitted(&self, attempt: AttemptToken) -> Result<Self, IllegalTransition> {
        let Self::Requested = self else {
            return Err(self.refuse("submitted"));
        };
        Ok(Self::Submitting { attempt })
    }

    /// Somebody decided to buy it once more, whatever became of the last attempt.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is unresolved.
    pub fn bought_again(&self) -> Result<Self, IllegalTransition> {
        let Self::Unresolved { .. } = self else {
            return Err(self.refuse("bought again"));
        };
        Ok(Self::Requested)
    }

    /// The provider surely started nothing and may be asked again later.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is submitting.
    pub fn declined(&self) -> Result<Self, IllegalTransition> {
        let Self::Submitting { .. } = self else {
            return Err(self.refuse("declined"));
        };
        Ok(Self::Requested)
    }

    /// The provider has taken the job.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is submitting or unresolved.
    pub fn accepted(&self, job: ProviderJob) -> Result<Self, IllegalTransition> {
        match self {
            Self::Submitting { attempt } | Self::Unresolved { attempt } => {
                Ok(Self::Working { attempt: *attempt, job })
            }
            Self::Requested
            | Self::Working { .. }
            | Self::Collecting { .. }
            | Self::Ready(_)
            | Self::Failed(_)
            | Self::Canceled => Err(self.refuse("accepted")),
        }
    }

    /// Whether the provider took the job cannot be found out.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is submitting.
    pub fn lost(&self) -> Result<Self, IllegalTransition> {
        let Self::Submitting { attempt } = self else {
            return Err(self.refuse("lost"));
        };
        Ok(Self::Unresolved { attempt: *attempt })
    }

    /// The provider is done.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless the provider works on it.
    pub fn delivered(&self) -> Result<Self, IllegalTransition> {
        let Self::Working { attempt, job } = self else {
            return Err(self.refuse("delivered"));
        };
        Ok(Self::Collecting { attempt: *attempt, job: job.clone() })
    }

    /// The result is in the media store.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is being collected.
    pub fn collected(&self, product: P) -> Result<Self, IllegalTransition> {
        let Self::Collecting { .. } = self else {
            return Err(self.refuse("collected"));
        };
        Ok(Self::Ready(product))
    }

    /// It ended without a result.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if it has ended already.
    pub fn failed(&self, failure: Failure) -> Result<Self, IllegalTransition> {
        if self.is_open() { Ok(Self::Failed(failure)) } else { Err(self.refuse("failed")) }
    }

    /// The owner stopped it.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] if it has ended already.
    pub fn canceled(&self) -> Result<Self, IllegalTransition> {
        if self.is_open() { Ok(Self::Canceled) } else { Err(self.refuse("canceled")) }
    }

    fn refuse(&self, event: &'static str) -> IllegalTransition {
        IllegalTransition { what: P::STAGE.name(), from: self.name(), event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FailureCode, Film, Recording};

    type State = Making<Film>;

    fn attempt(n: u128) -> AttemptToken {
        AttemptToken::from_bits(n)
    }

    fn failure() -> Failure {
        Failure {
            stage: Stage::Video,
            code: FailureCode::ProviderFailed,
            provider: None,
            provider_code: None,
            detail: String::new(),
            retryable: true,
            at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn states() -> [State; 8] {
        let job = ProviderJob::new("r1");
        [
            Making::Requested,
            Making::Submitting { attempt: attempt(1) },
            Making::Working { attempt: attempt(1), job: job.clone() },
            Making::Collecting { attempt: attempt(1), job },
            Making::Ready(Film::example()),
            Making::Unresolved { attempt: attempt(1) },
            Making::Failed(failure()),
            Making::Canceled,
        ]
    }

    type Event = fn(&State) -> Result<State, IllegalTransition>;

    const EVENTS: [(&str, Event); 9] = [
        ("submitted", |s| s.submitted(attempt(2))),
        ("bought again", State::bought_again),
        ("declined", State::declined),
        ("accepted", |s| s.accepted(ProviderJob::new("r2"))),
        ("lost", State::lost),
        ("delivered", State::delivered),
        ("collected", |s| s.collected(Film::example())),
        ("failed", |s| s.failed(failure())),
        ("canceled", State::canceled),
    ];

    #[test]
    fn every_state_takes_just_the_events_of_the_picture() {
        // columns as in EVENTS: submitted, bought again, declined, accepted, lost, delivered,
        // collected, failed, canceled
        let picture = [
            ("requested", ["submitting", "", "", "", "", "", "", "failed", "canceled"]),
            (
                "submitting",
                ["", "", "requested", "rendering", "unresolved", "", "", "failed", "canceled"],
            ),
            ("rendering", ["", "", "", "", "", "collecting", "", "failed", "canceled"]),
            ("collecting", ["", "", "", "", "", "", "ready", "failed", "canceled"]),
            ("ready", [""; 9]),
            ("unresolved", ["", "requested", "", "rendering", "", "", "", "failed", "canceled"]),
            ("failed", [""; 9]),
            ("canceled", [""; 9]),
        ];
        for (state, (from, row)) in states().iter().zip(picture) {
            assert_eq!(state.name(), from);
            for ((event, happen), to) in EVENTS.iter().zip(row) {
                match happen(state) {
                    Ok(next) => assert_eq!(next.name(), to, "{from} --{event}-->"),
                    Err(refused) => {
                        assert_eq!(to, "", "{from} --{event}-->");
                        assert_eq!(refused, IllegalTransition { what: "video", from, event });
                    }
                }
            }
        }
    }

    #[test]
    fn the_attempt_stays_with_the_job_and_buying_again_takes_a_new_one() {
        let lost = states()[5].clone();
        assert_eq!(lost.accepted(ProviderJob::new("x")).unwrap().attempt(), Some(attempt(1)));
        let again = lost.bought_again().unwrap();
        assert_eq!(again.attempt(), None);
        assert_eq!(again.submitted(attempt(2)).unwrap().attempt(), Some(attempt(2)));
    }

    #[test]
    fn a_song_is_composed_where_a_video_is_rendered() {
        let job = ProviderJob::new("s1");
        let song: Making<Recording> = Making::Working { attempt: attempt(1), job };
        assert_eq!(song.name(), "composing");
        let refused = song.declined().unwrap_err();
        assert_eq!(refused.to_string(), "a song that is composing cannot be declined");
    }
}
