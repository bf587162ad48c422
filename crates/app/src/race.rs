//! Bursts of requests that begin at once, and what the books say afterwards.

mod burst;
mod contests;
mod control;
mod crew;
mod gate;
mod line;
mod locks;
mod verdict;

use anyhow::{Context, bail};

use crate::{
    cli::{Contest, Mode, Race},
    command::{OK, UNFAIR, say},
    config::Config,
};
use crew::Crew;
use verdict::Verdict;

/// Runs a race and tells whether it went by the rules.
///
/// # Errors
///
/// When it could not be begun, or its end could not be read; the message says why.
pub(crate) async fn race(config: Config, flags: Race) -> anyhow::Result<u8> {
    if flags.clients == 0 || flags.items == 0 {
        bail!("--clients and --items are 1 or more");
    }
    let verdict = if flags.unguarded {
        control::run(&flags).await
    } else if flags.contest == Contest::Lock {
        locks::run(&config, &flags).await?
    } else {
        over_http(&flags).await?
    };
    say(&if flags.json { verdict.json() } else { verdict.to_string() });
    Ok(if verdict.is_fair() { OK } else { UNFAIR })
}

async fn over_http(flags: &Race) -> anyhow::Result<Verdict> {
    if flags.urls.is_empty() {
        bail!(
            "--url names a running instance, such as http://127.0.0.1:8080; it may be given again"
        );
    }
    let key = flags.key.as_deref().context("--key (or CASTAD_KEY) is the key of an admin")?;
    let crew = Crew::new(&flags.urls, key)?;
    match flags.contest {
        Contest::Points => contests::points(&crew, flags).await,
        Contest::Coupon => match flags.mode {
            Mode::Direct => contests::coupon(&crew, flags).await,
            Mode::Queue => line::coupon(&crew, flags).await,
        },
        Contest::Slot => contests::slot(&crew, flags).await,
        Contest::Order => contests::order(&crew, flags).await,
        Contest::Lock => bail!("the lock is raced without --url"),
    }
}
