use std::{error::Error, fmt};

use chrono::TimeDelta;

/// What a caller may do about a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// The same request will fail the same way.
    Never,
    /// Read again and repeat at once.
    Now,
    /// Repeat later; after that long, where the other side said so.
    Later(Option<TimeDelta>),
}

/// An error that says what its caller may do.
pub trait Advise {
    /// What the caller may do.
    fn retry(&self) -> Retry;
}

/// An error with all that lies beneath it, for logs: it may name what a caller must not see.
///
/// ```
/// # use castad_domain::port::{StoreError, StoreErrorKind, chain};
/// let error = StoreError::new(StoreErrorKind::Unavailable).with_source("connection refused");
/// assert_eq!(chain(&error), "the database does not answer: connection refused");
/// ```
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text.push_str(": ");
        text.push_str(&source.to_string());
        next = source.source();
    }
    text
}

type Source = Box<dyn Error + Send + Sync>;

macro_rules! port_errors {
    ($($(#[$doc:meta])* $name:ident($kind:ident) { $($(#[$kdoc:meta])* $variant:ident = $text:literal, $retry:expr;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name { kind: $kind, source: Option<Source> }

        #[doc = concat!("Why, for a [`", stringify!($name), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $kind { $($(#[$kdoc])* $variant,)+ }

        impl $name {
            /// An error of that kind.
            #[must_use]
            pub fn new(kind: $kind) -> Self {
                Self { kind, source: None }
            }

            /// The same with what lies beneath, for logs.
            #[must_use]
            pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
                self.source = Some(source.into());
                self
            }

            /// Why.
            #[must_use]
            pub fn kind(&self) -> $kind {
                self.kind
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self.kind { $($kind::$variant => $text,)+ })
            }
        }

        impl Error for $name {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                self.source.as_deref().map(|source| source as _)
            }
        }

        impl Advise for $name {
            fn retry(&self) -> Retry {
                match self.kind { $($kind::$variant => $retry,)+ }
            }
        }

        impl From<$kind> for $name {
            fn from(kind: $kind) -> Self {
                Self::new(kind)
            }
        }
    )+};
}

port_errors! {
    /// A fault of the store or the work queue.
    StoreError(StoreErrorKind) {
        /// Somebody else wrote first, or the lease is lost: read again and decide again.
        Conflict = "somebody else changed it first", Retry::Now;
        /// There is one already.
        Duplicate = "there is one already", Retry::Never;
        /// A row holds what no state allows.
        Corrupt = "a stored row makes no sense", Retry::Never;
        /// No room is left.
        Full = "the database has no room left", Retry::Later(None);
        /// The database does not answer.
        Unavailable = "the database does not answer", Retry::Later(None);
    }

    /// A fault of the shelf.
    ShelfError(ShelfErrorKind) {
        /// The shelf does not answer.
        Unavailable = "the shelf does not answer", Retry::Later(None);
    }

    /// A fault of the work feed.
    FeedError(FeedErrorKind) {
        /// It does not answer.
        Unavailable = "the work feed does not answer", Retry::Later(None);
    }

    /// A fault of the event stream.
    StreamError(StreamErrorKind) {
        /// It takes no such event.
        Refused = "the event stream does not take an event", Retry::Never;
        /// It does not answer.
        Unavailable = "the event stream does not answer", Retry::Later(None);
    }

    /// Why a letter was not sent, or not for certain.
    MailError(MailErrorKind) {
        /// It surely was not sent and never will be: who is to get it does not exist, or does not take it.
        Refused = "the letter was refused", Retry::Never;
        /// It surely was not sent; later it may be.
        Unavailable = "the mail server takes no letter now", Retry::Later(None);
        /// Nobody can tell whether it was sent.
        Unknown = "nobody can tell whether the letter was sent", Retry::Never;
    }

    /// A fault of the media store.
    MediaError(MediaErrorKind) {
        /// The body is longer than allowed.
        TooLarge = "the file is larger than allowed", Retry::Never;
        /// The body is not what its name says.
        WrongType = "the file is not of the type expected", Retry::Never;
        /// The body ended early or could not be read.
        CutShort = "the file could not be read to its end", Retry::Later(None);
        /// A range outside the file.
        BadRange = "the range lies outside the file", Retry::Never;
        /// No room is left.
        Full = "the media store has no room left", Retry::Later(None);
        /// The store does not answer.
        Unavailable = "the media store does not answer", Retry::Later(None);
    }

    /// A fault of whoever hashes passwords.
    PasswordError(PasswordErrorKind) {
        /// So many wait that another would wait too long.
        Busy = "too many passwords wait to be checked", Retry::Later(None);
        /// A stored hash cannot be read.
        Corrupt = "a stored password makes no sense", Retry::Never;
        /// It broke.
        Broken = "the password could not be worked on", Retry::Later(None);
    }

    /// A fault of the payment gateway.
    PaymentError(PaymentErrorKind) {
        /// There is no gateway.
        NotSetUp = "payments are not set up here", Retry::Never;
        /// The gateway does not answer.
        Unavailable = "the payment gateway does not answer: nothing is paid twice if you try again", Retry::Later(None);
    }

    /// A fault of the lock.
    LockError(LockErrorKind) {
        /// The lease is not this owner's any more.
        Lost = "the lock is no longer held", Retry::Never;
        /// The lock does not answer.
        Unavailable = "the lock does not answer", Retry::Later(None);
        /// The lock has failed so often that it is not asked for a while.
        Resting = "the lock is not asked for a while", Retry::Later(None);
    }
}

/// Why a provider did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderErrorKind {
    /// It will not, however often it is asked: nothing was started.
    Refused,
    /// It cannot now and surely started nothing.
    Busy,
    /// It gave no usable answer: it may have started the job.
    Unknown,
    /// It took the job and failed at it.
    Failed,
    /// It has no such job.
    NoSuchJob,
    /// What it made cannot be used.
    Unusable,
    /// What it was given to work with is not in the media store.
    MediaMissing,
}

/// A fault of a provider; its text is safe to show.
#[derive(Debug)]
pub struct ProviderError {
    kind: ProviderErrorKind,
    code: Option<String>,
    detail: String,
    wait: Option<TimeDelta>,
    source: Option<Source>,
}

impl ProviderError {
    /// An error of that kind, with a sentence that is safe to show.
    #[must_use]
    pub fn new(kind: ProviderErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, code: None, detail: detail.into(), wait: None, source: None }
    }

    /// The same with the provider's own word for it.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The same with how long the provider wants to be left alone.
    #[must_use]
    pub fn with_wait(mut self, wait: TimeDelta) -> Self {
        self.wait = Some(wait);
        self
    }

    /// The same with what lies beneath, for logs.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Why.
    #[must_use]
    pub fn kind(&self) -> ProviderErrorKind {
        self.kind
    }

    /// The provider's own word for it.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Error for ProviderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl Advise for ProviderError {
    fn retry(&self) -> Retry {
        match self.kind {
            ProviderErrorKind::Busy | ProviderErrorKind::Unknown => Retry::Later(self.wait),
            ProviderErrorKind::Refused
            | ProviderErrorKind::Failed
            | ProviderErrorKind::NoSuchJob
            | ProviderErrorKind::Unusable
            | ProviderErrorKind::MediaMissing => Retry::Never,
        }
    }
}
