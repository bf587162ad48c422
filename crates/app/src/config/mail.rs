use castad_mail::{Sender, Server};

use super::source::Source;

/// Who sends letters to members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// Who takes them.
    pub server: Server,
    /// Whom they come from.
    pub from: Sender,
}

impl MailConfig {
    /// Nobody sends letters where no server is named.
    pub(super) fn read(source: &mut Source) -> Option<Self> {
        let (url, from) = (source.text("CASTAD_SMTP_URL", ""), source.text("CASTAD_MAIL_FROM", ""));
        if url.is_empty() {
            return None;
        }
        let server = url.parse().map_err(|fault: castad_mail::ServerError| fault.to_string());
        let from = from.parse().map_err(|fault: castad_mail::SenderError| fault.to_string());
        match (server, from) {
            (Ok(server), Ok(from)) => Some(Self { server, from }),
            (server, from) => {
                server.err().into_iter().for_each(|what| source.fault("CASTAD_SMTP_URL", what));
                from.err().into_iter().for_each(|what| source.fault("CASTAD_MAIL_FROM", what));
                None
            }
        }
    }
}
