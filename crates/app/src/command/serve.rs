use anyhow::Context;
use castad_domain::{
    model::{Caller, Role},
    port::StoreErrorKind,
    usecase::{IssueKey, KeyError, OWNER},
};
use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{OK, beside, say, signals};
use crate::{
    cli::Serve,
    config::Config,
    http::{self, Access, App},
    secret::Secret,
    telemetry,
    wire::Wired,
};

/// How long open connections may go on once the program is told to stop.
const LAST_ANSWERS: TimeDelta = TimeDelta::seconds(5);

pub(super) async fn serve(config: Config, flags: &Serve) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let hold = wired.hold(&config)?;
    wired.ensure_storage().await?;
    let (owner, key) = owner(&wired).await?;
    let listener = TcpListener::bind(config.bind).await.with_context(|| {
        format!("cannot listen on {}: choose another with CASTAD_BIND", config.bind)
    })?;
    let address = listener.local_addr()?;

    let login = Secret::fresh("login");
    let stop = signals::stop();
    let app = app(&wired, &config, (&login, owner), &stop)?;
    greet(&format!("http://{address}"), &config, &login, key.as_ref());

    let works = !flags.no_workers;
    let (engine, told) = (wired.engine(&config), stop.clone());
    let engine = tokio::spawn(async move {
        if works {
            // Whatever ends the work ends the program: nobody is to wait for work that nobody does.
            let _over = told.clone().drop_guard();
            engine.run(told).await;
        }
    });
    let beside = works.then(|| beside(&wired, &stop));
    answer(listener, app, &wired, &stop).await?;
    engine.await.context("the work broke off: this is a fault of ours")?;
    if let Some(beside) = beside {
        beside.await?;
    }
    wired.close().await;
    drop(hold);
    Ok(OK)
}

/// The owner, and their key if they joined just now.
async fn owner(wired: &Wired) -> anyhow::Result<(Caller, Option<Secret>)> {
    let issue = IssueKey::new(&wired.ports);
    if issue.knows(OWNER).await? {
        return Ok((wired.owner().await?, None));
    }
    let secret = Secret::fresh(Secret::KEY);
    let issued = match issue.run(OWNER, Role::Admin, secret.hash()).await {
        // Another that starts on the same database just now was first, and has shown the key.
        Err(KeyError::Store(fault)) if fault.kind() == StoreErrorKind::Duplicate => {
            return Ok((wired.owner().await?, None));
        }
        issued => issued?,
    };
    wired.welcome(issued.member.id).await?;
    Ok((Caller { member: issued.member.id, role: Role::Admin }, Some(secret)))
}

fn app(
    wired: &Wired,
    config: &Config,
    (login, owner): (&Secret, Caller),
    stop: &CancellationToken,
) -> anyhow::Result<App> {
    let access =
        Access::new(wired.gate.clone(), wired.ports.clock.clone()).with_login(login, owner);
    let access = if config.auth { access } else { access.open_to_all(owner) };
    let metrics = telemetry::metrics()?;
    tokio::spawn(telemetry::sum_up(metrics.clone(), wired.ports.clock.clone()));
    let app = App::new(wired.ports.clone(), access, metrics, stop.clone());
    let app = app.with_gauges(wired.gauges()).with_links(wired.links.clone());
    Ok(app.with_media_origin(wired.media_origin()).with_stream(wired.stream()))
}

fn greet(url: &str, config: &Config, login: &Secret, key: Option<&Secret>) {
    if config.auth {
        say(&format!("Open the studio:  {url}/login?token={}", login.reveal()));
    } else {
        say(&format!("Open the studio:  {url}/"));
    }
    say(&format!("The API:          {url}/docs"));
    match key {
        Some(key) => say(&format!("The owner's key:  {}  (shown this once)", key.reveal())),
        None if config.auth => say("A key for it:     castad keys create"),
        None => {}
    }
}

/// Answers until told to stop, then for a little longer what was begun.
async fn answer(
    listener: TcpListener,
    app: App,
    wired: &Wired,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let stopped = stop.clone().cancelled_owned();
    let serving = axum::serve(listener, http::router(app)).with_graceful_shutdown(stopped);
    let clock = &wired.ports.clock;
    let patience = async {
        stop.cancelled().await;
        clock.reach(clock.now() + LAST_ANSWERS).await;
    };
    tokio::select! {
        served = serving => Ok(served?),
        () = patience => Ok(()),
    }
}
