use async_trait::async_trait;

use super::{MailError, MailErrorKind};
use crate::model::Letter;

/// Sends letters to members.
///
/// Nothing of a letter is ever a header that it was not meant to be, whatever members call themselves
/// and their businesses.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Whether letters are sent at all; where they are not, nobody writes any.
    fn sends(&self) -> bool;

    /// Sends a letter.
    ///
    /// # Contract
    ///
    /// * Who takes a letter reads its wording, whatever letters it is written in.
    /// * A letter has the same id in the mail however often it is sent.
    /// * [`MailErrorKind::Refused`] and [`MailErrorKind::Unavailable`] say that nobody has taken it. An
    ///   answer that was lost once a letter was handed over is [`MailErrorKind::Unknown`].
    /// * What is wrong with one letter keeps no other from being sent.
    /// * Every call ends, within a minute at the latest.
    ///
    /// # Errors
    ///
    /// [`MailError::kind`] says whether it may have been sent.
    async fn send(&self, letter: &Letter) -> Result<(), MailError>;
}

/// Where no mail is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMail;

#[async_trait]
impl Mailer for NoMail {
    fn sends(&self) -> bool {
        false
    }

    async fn send(&self, _: &Letter) -> Result<(), MailError> {
        Err(MailErrorKind::Unavailable.into())
    }
}
