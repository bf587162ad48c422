use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use castad_domain::{
    model::Letter,
    port::{Clock, MailError, MailErrorKind, Mailer},
};
use chrono::{DateTime, TimeDelta, Utc};
use lettre::{
    Address, Message,
    transport::smtp::{client::TlsParameters, extension::ClientId},
};
use tokio::time::timeout;

use crate::{
    Sender, Server,
    compose::compose,
    line::{Fault, Line, Step},
    server::Secrecy,
};

/// How long a letter may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How long taking leave may.
const LEAVE: Duration = Duration::from_secs(2);
/// How long a server that was away is left alone: nobody who waits behind a letter waits for it.
const AWAY: TimeDelta = TimeDelta::seconds(30);
/// How long a connection is kept for the next letter, and how many are.
const KEPT: TimeDelta = TimeDelta::seconds(30);
const MOST_KEPT: usize = 4;

/// This machine cannot make secret connections.
#[derive(Debug, thiserror::Error)]
#[error("no secret connection to the mail server can be made")]
pub struct SetUpError(#[source] lettre::transport::smtp::Error);

/// Sends letters over SMTP.
///
/// Connections are kept for the letters that follow. Each step of the conversation is taken here and
/// not by a transport, because only then is it known how far a letter came.
pub struct Smtp {
    server: Server,
    from: Sender,
    tls: Option<TlsParameters>,
    hello: ClientId,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Vec<(Line, DateTime<Utc>)>,
    away_until: Option<DateTime<Utc>>,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({:?})", self.server)
    }
}

impl Smtp {
    /// Who sends letters from there by that server. The roots of this machine say whom to trust.
    ///
    /// # Errors
    ///
    /// [`SetUpError`] when this machine cannot make secret connections.
    pub fn new(server: Server, from: Sender, clock: Arc<dyn Clock>) -> Result<Self, SetUpError> {
        let secret = server.secrecy != Secrecy::None;
        let tls = secret.then(|| TlsParameters::new(server.host.clone()));
        let tls = tls.transpose().map_err(SetUpError)?;
        let hello = ClientId::Domain(from.domain().to_owned());
        Ok(Self { server, from, tls, hello, clock, state: Mutex::default() })
    }

    /// Whether the server lets us in. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`MailError`] if it does not.
    pub async fn check(&self) -> Result<(), MailError> {
        let line = timeout(LIMIT, self.open()).await.map_err(|_| silent())??;
        self.leave(line).await;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that is kept and stands, or a new one.
    async fn line(&self) -> Result<Line, MailError> {
        loop {
            let now = self.clock.now();
            let kept = {
                let mut state = self.state();
                state.kept.retain(|(_, until)| *until > now);
                state.kept.pop()
            };
            let Some((mut line, _)) = kept else { break };
            if line.stands().await {
                return Ok(line);
            }
        }
        self.open().await
    }

    async fn open(&self) -> Result<Line, MailError> {
        let opened = Line::open(&self.server, self.tls.as_ref(), &self.hello).await;
        opened.map_err(|error| MailError::new(MailErrorKind::Unavailable).with_source(error))
    }

    fn keep(&self, line: Line) {
        let until = self.clock.now() + KEPT;
        let mut state = self.state();
        if state.kept.len() < MOST_KEPT {
            state.kept.push((line, until));
        }
    }

    async fn leave(&self, line: Line) {
        drop(timeout(LEAVE, line.close()).await);
    }

    /// Refuses at once while the server is left alone.
    fn reachable(&self) -> Result<(), MailError> {
        let now = self.clock.now();
        if self.state().away_until.is_some_and(|until| until > now) {
            let error = MailError::new(MailErrorKind::Unavailable);
            return Err(error.with_source("the mail server was away a moment ago"));
        }
        Ok(())
    }

    /// A connection, and who could not be reached is left alone for a while.
    async fn reach(&self) -> Result<Line, MailError> {
        self.reachable()?;
        let line = timeout(LIMIT / 2, self.line()).await.unwrap_or_else(|_| Err(silent()));
        let until = line.is_err().then(|| self.clock.now() + AWAY);
        self.state().away_until = until;
        line
    }

    async fn hand_over(&self, to: Address, message: &Message) -> Result<(), MailError> {
        let mut line = self.reach().await?;
        let handed_over = AtomicBool::new(false);
        let last = || handed_over.store(true, Ordering::SeqCst);
        match timeout(LIMIT / 2, line.send(to, message, last)).await {
            Ok(Ok(())) => {
                self.keep(line);
                Ok(())
            }
            Ok(Err(fault)) => {
                self.leave(line).await;
                Err(told(fault))
            }
            Err(_) if handed_over.load(Ordering::SeqCst) => {
                Err(MailError::new(MailErrorKind::Unknown).with_source("it gave no answer in time"))
            }
            Err(_) => Err(silent()),
        }
    }
}

#[async_trait]
impl Mailer for Smtp {
    fn sends(&self) -> bool {
        true
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let unsendable = |error: Box<dyn std::error::Error + Send + Sync>| {
            MailError::new(MailErrorKind::Refused).with_source(error)
        };
        let to: Address =
            letter.to.as_str().parse().map_err(|error| unsendable(Box::new(error)))?;
        let message = compose(letter, to.clone(), &self.from, self.clock.now());
        let message = message.map_err(|error| unsendable(Box::new(error)))?;
        self.hand_over(to, &message).await
    }
}

fn silent() -> MailError {
    MailError::new(MailErrorKind::Unavailable).with_source("the mail server gave no answer in time")
}

/// What a fault says of the letter. Who is written to may stand in the server's words: they are left out.
fn told(Fault { step, error }: Fault) -> MailError {
    let kind = kind(step, error.is_permanent(), error.is_transient());
    let stage = match step {
        Step::Sender => "the sender",
        Step::Recipient => "the recipient",
        Step::Data => "to be given a letter",
        Step::Letter => "the letter",
    };
    let answer = error.status().map_or_else(|| "nothing".to_owned(), |code| code.to_string());
    MailError::new(kind).with_source(format!("to {stage} the mail server answered {answer}"))
}

fn kind(step: Step, permanent: bool, transient: bool) -> MailErrorKind {
    match step {
        Step::Recipient | Step::Data | Step::Letter if permanent => MailErrorKind::Refused,
        // That it does not take letters from us is no fault of the letter.
        Step::Sender | Step::Recipient | Step::Data => MailErrorKind::Unavailable,
        Step::Letter if transient => MailErrorKind::Unavailable,
        Step::Letter => MailErrorKind::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_lost_behind_the_letter_is_unknown() {
        let (permanent, transient, lost) = ((true, false), (false, true), (false, false));
        for (step, answer, expected) in [
            (Step::Sender, permanent, MailErrorKind::Unavailable),
            (Step::Sender, transient, MailErrorKind::Unavailable),
            (Step::Sender, lost, MailErrorKind::Unavailable),
            (Step::Recipient, permanent, MailErrorKind::Refused),
            (Step::Recipient, transient, MailErrorKind::Unavailable),
            (Step::Recipient, lost, MailErrorKind::Unavailable),
            (Step::Data, permanent, MailErrorKind::Refused),
            (Step::Data, transient, MailErrorKind::Unavailable),
            (Step::Data, lost, MailErrorKind::Unavailable),
            (Step::Letter, permanent, MailErrorKind::Refused),
            (Step::Letter, transient, MailErrorKind::Unavailable),
            (Step::Letter, lost, MailErrorKind::Unknown),
        ] {
            assert_eq!(kind(step, answer.0, answer.1), expected, "{step:?} {answer:?}");
        }
    }
}
