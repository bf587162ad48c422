//! What each command does, and how the program ends.

mod audit;
mod keys;
mod points;
mod serve;
pub(crate) mod signals;

use std::{io::Write, net::SocketAddr, process::ExitCode};

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    cli::{Cli, Command, Keys, Points, Serve},
    config::Config,
    door::Door,
    http::{self, Access},
    make, race,
    system::SystemClock,
    telemetry::{self, Traces},
    wire::{self, Checked, Wired},
};

/// The program did what it was told.
pub const OK: u8 = 0;
/// Something went wrong; standard error says what.
pub const FAILED: u8 = 1;
/// The command or the configuration cannot be used as it is.
pub const USAGE: u8 = 2;
/// An ad was begun and failed.
pub const NOT_MADE: u8 = 3;
/// The books, or a race for what is in them, are not as they should be.
pub const UNFAIR: u8 = 4;
/// The program was interrupted.
pub const INTERRUPTED: u8 = 130;

/// Runs a command to its end.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let command = cli.command.unwrap_or_else(|| Command::Serve(Serve::default()));
    if matches!(command, Command::Openapi) {
        return print_openapi();
    }
    let config = match Config::load(cli.config) {
        Ok(config) => config,
        Err(faults) => {
            complain(&faults);
            return USAGE.into();
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&error);
            return FAILED.into();
        }
    };
    let traces = config.otlp.as_ref().map(|otlp| Traces::open(otlp, runtime.handle().clone()));
    let ended = traces.transpose().and_then(|traces| {
        telemetry::log(&config.log, traces.as_ref());
        let ended = runtime.block_on(carry_out(command, config));
        // The runtime still sends what is left.
        traces.iter().for_each(Traces::end);
        ended
    });
    match ended {
        Ok(code) => code.into(),
        Err(error) => {
            complain(&format!("{error:#}"));
            FAILED.into()
        }
    }
}

async fn carry_out(command: Command, config: Config) -> anyhow::Result<u8> {
    match command {
        Command::Serve(flags) => serve::serve(config, &flags).await,
        Command::Work => work(config).await,
        Command::Make(flags) => make::make(config, *flags).await,
        Command::Migrate => migrate(config).await,
        Command::Keys(Keys::Create(wanted)) => keys::create(config, &wanted).await,
        Command::Keys(Keys::List { member, json }) => {
            keys::list(config, member.as_deref(), json).await
        }
        Command::Keys(Keys::Revoke { id, member, json }) => {
            keys::revoke(config, (id, member.as_deref()), json).await
        }
        Command::Points(Points::Grant { amount, member, json }) => {
            points::grant(config, amount, member, json).await
        }
        Command::Audit { json } => audit::audit(config, json).await,
        Command::Race(flags) => race::race(config, flags).await,
        Command::CheckConfig { offline } => check_config(&config, offline).await,
        Command::Openapi => Ok(OK),
    }
}

async fn work(config: Config) -> anyhow::Result<u8> {
    // Before anything is opened: what is told while it is counts too.
    let watched = config
        .work
        .bind
        .map(|bind| telemetry::metrics(&SystemClock::default()).map(|metrics| (bind, metrics)));
    let watched = watched.transpose()?;
    let wired = Wired::open(&config).await?;
    wired.ensure_storage().await?;
    let stop = signals::stop();
    if let Some(watched) = watched {
        watch(&wired, &config, watched, &stop).await?;
    }
    say("working; stop with Ctrl-C");
    let beside = beside(&wired, &stop);
    wired.engine(&config).run(stop).await;
    beside.await?;
    wired.close().await;
    Ok(OK)
}

/// Shows health and numbers, where an address is named for them, until told to stop.
async fn watch(
    wired: &Wired,
    config: &Config,
    (bind, metrics): (SocketAddr, PrometheusHandle),
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let listener = TcpListener::bind(bind).await;
    let listener = listener.with_context(|| {
        format!("cannot listen on {bind}: choose another with CASTAD_WORK_BIND")
    })?;
    say(&format!("Health and numbers:  http://{}/metrics", listener.local_addr()?));
    let access = Access::new(wired.gate.clone(), wired.ports.clock.clone());
    let router = http::service(serve::app(wired, access, config, metrics, stop));
    let door = Door::new(router, config.limits.connections);
    tokio::spawn(door.keep(listener, stop.clone()));
    Ok(())
}

/// Tells others what happened until told to stop: webhooks, and NATS where events are to go out.
fn beside(wired: &Wired, stop: &CancellationToken) -> JoinHandle<()> {
    let (relay, courier, stop) = (wired.relay(), wired.courier(), stop.clone());
    tokio::spawn(async move {
        let out = async {
            if let Some(relay) = relay {
                relay.run(stop.clone()).await;
            }
        };
        tokio::join!(out, courier.run(stop.clone()));
    })
}

async fn migrate(config: Config) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    wired.ensure_storage().await?;
    wired.prepare_feed().await?;
    wired.close().await;
    say("the database is up to date");
    Ok(OK)
}

/// The configuration was read before: what is left is to ask those whom it names.
async fn check_config(config: &Config, offline: bool) -> anyhow::Result<u8> {
    let found = if offline { Vec::new() } else { wire::check(config).await? };
    let fatal = found.iter().any(|checked| checked.fatal);
    for Checked { text, fatal } in found {
        if fatal { complain(&text) } else { say(&text) }
    }
    if fatal {
        return Ok(FAILED);
    }
    say("the configuration is good");
    Ok(OK)
}

fn print_openapi() -> ExitCode {
    match serde_json::to_string_pretty(&http::document()) {
        Ok(text) => {
            say(&text);
            OK.into()
        }
        Err(error) => {
            complain(&error);
            FAILED.into()
        }
    }
}

/// A line on standard output; nobody may be reading it.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}

pub(crate) fn complain(error: &dyn std::fmt::Display) {
    drop(writeln!(std::io::stderr().lock(), "castad: {error}"));
}
