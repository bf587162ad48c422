use std::time::Duration;

use lettre::{
    Address, Message,
    transport::smtp::{
        Error,
        authentication::DEFAULT_MECHANISMS,
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};

use crate::server::{Secrecy, Server};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How far a letter came that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The server does not let us in, or not as whom we write.
    Sender,
    /// It does not know to whom.
    Recipient,
    /// It does not want the letter, which it has not seen.
    Data,
    /// It has seen the letter.
    Letter,
}

/// Why a letter was not taken, or not for certain.
pub(crate) struct Fault {
    pub(crate) step: Step,
    pub(crate) error: Error,
}

impl Step {
    fn fault(self) -> impl Fn(Error) -> Fault {
        move |error| Fault { step: self, error }
    }
}

/// A connection to the server, ready for a letter.
pub(crate) struct Line(AsyncSmtpConnection);

impl Line {
    pub(crate) async fn open(
        server: &Server,
        tls: Option<&TlsParameters>,
        hello: &ClientId,
    ) -> Result<Self, Error> {
        let wrapped = tls.filter(|_| server.secrecy == Secrecy::Wrapped).cloned();
        let address = (server.host.as_str(), server.port);
        let opened =
            AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), hello, wrapped, None);
        let mut line = opened.await?;
        let starts = match server.secrecy {
            Secrecy::None | Secrecy::Wrapped => false,
            Secrecy::IfOffered => line.can_starttls(),
            Secrecy::Required => true,
        };
        if let Some(tls) = tls.filter(|_| starts) {
            line.starttls(tls.clone(), hello).await?;
        }
        if let Some(login) = &server.login {
            line.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(Self(line))
    }

    /// Whether it still stands.
    pub(crate) async fn stands(&mut self) -> bool {
        self.0.test_connected().await
    }

    /// Hands a letter over; `last` is called before its first line goes out.
    pub(crate) async fn send(
        &mut self,
        to: Address,
        message: &Message,
        last: impl FnOnce() + Send,
    ) -> Result<(), Fault> {
        let from = message.envelope().from().cloned();
        self.0.command(Mail::new(from, Vec::new())).await.map_err(Step::Sender.fault())?;
        self.0.command(Rcpt::new(to, Vec::new())).await.map_err(Step::Recipient.fault())?;
        self.0.command(Data).await.map_err(Step::Data.fault())?;
        last();
        let letter = message.formatted();
        // The end of the last line goes out with the dot behind it.
        let letter = letter.strip_suffix(b"\r\n").unwrap_or(&letter);
        self.0.message(letter).await.map_err(Step::Letter.fault())?;
        Ok(())
    }

    /// Takes leave.
    pub(crate) async fn close(mut self) {
        self.0.abort().await;
    }
}
