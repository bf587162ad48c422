//! Who sends letters to members.

use std::sync::Arc;

use anyhow::Context;
use castad_domain::port::{Clock, Mailer, NoMail, chain};
use castad_mail::Smtp;

use super::Checked;
use crate::{config::Config, system::SystemClock};

/// Who sends letters; where no server is named, nobody does.
pub(super) fn mailer(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Arc<dyn Mailer>> {
    Ok(match smtp(config, clock)? {
        Some(smtp) => Arc::new(smtp),
        None => Arc::new(NoMail),
    })
}

/// Asks the mail server whether it lets us in, where one is named. Nothing else waits for it.
pub(super) async fn check(config: &Config) -> anyhow::Result<Option<Checked>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let Some(smtp) = smtp(config, &clock)? else { return Ok(None) };
    let text = match smtp.check().await {
        Ok(()) => "mail: the server lets us in".to_owned(),
        Err(error) => format!("mail: {}", chain(&error)),
    };
    Ok(Some(Checked { text, fatal: false }))
}

fn smtp(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<Smtp>> {
    let Some(mail) = &config.mail else { return Ok(None) };
    let smtp = Smtp::new(mail.server.clone(), mail.from.clone(), Arc::clone(clock));
    smtp.context("CASTAD_SMTP_URL cannot be used").map(Some)
}
