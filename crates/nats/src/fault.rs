use async_nats::{
    error::Error,
    jetstream::{
        self, ErrorCode,
        context::{PublishError, PublishErrorKind},
    },
};
use castad_domain::port::{FeedError, FeedErrorKind, StreamError, StreamErrorKind};

/// Why a call to the server failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    #[error("there is no connection")]
    Away,
    #[error("NATS did not answer in time")]
    Slow,
    #[error("NATS refused a message")]
    Refused(#[source] PublishError),
    #[error("a message could not be published")]
    Publish(#[source] PublishError),
    #[error("NATS was asked in vain")]
    Asked(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("a message makes no sense")]
    Nonsense,
    #[error("others published the same at every try")]
    Crowded,
}

impl Fault {
    pub(crate) fn asked(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Asked(error.into())
    }

    /// Whether the server does not know the stream, or not yet.
    pub(crate) fn lacks_stream(&self) -> bool {
        let Self::Publish(error) = self else { return false };
        error.kind() == PublishErrorKind::StreamNotFound
    }
}

impl From<PublishError> for Fault {
    fn from(error: PublishError) -> Self {
        match error.kind() {
            PublishErrorKind::MaxPayloadExceeded => Self::Refused(error),
            PublishErrorKind::TimedOut => Self::Slow,
            PublishErrorKind::Other if is_too_large(&error) => Self::Refused(error),
            PublishErrorKind::StreamNotFound
            | PublishErrorKind::WrongLastMessageId
            | PublishErrorKind::WrongLastSequence
            | PublishErrorKind::BrokenPipe
            | PublishErrorKind::MaxAckPending
            | PublishErrorKind::Other => Self::Publish(error),
        }
    }
}

fn is_too_large(error: &Error<PublishErrorKind>) -> bool {
    let source = std::error::Error::source(error);
    let told = source.and_then(|source| source.downcast_ref::<jetstream::Error>());
    told.is_some_and(|told| told.error_code() == ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM)
}

impl From<Fault> for StreamError {
    fn from(fault: Fault) -> Self {
        let kind = match &fault {
            Fault::Refused(_) => StreamErrorKind::Refused,
            Fault::Away
            | Fault::Slow
            | Fault::Publish(_)
            | Fault::Asked(_)
            | Fault::Nonsense
            | Fault::Crowded => StreamErrorKind::Unavailable,
        };
        Self::new(kind).with_source(fault)
    }
}

impl From<Fault> for FeedError {
    fn from(fault: Fault) -> Self {
        Self::new(FeedErrorKind::Unavailable).with_source(fault)
    }
}
