use anyhow::Context;
use castad_domain::{
    model::{Caller, Role},
    port::StoreErrorKind,
    usecase::{IssueKey, KeyError, OWNER},
};
use chrono::TimeDelta;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{
    net::TcpListener,
    task::{JoinError, JoinHandle},
};
use tokio_util::sync::CancellationToken;

use super::{OK, beside, say, signals};
use crate::{
    cli::Serve,
    config::Config,
    door::Door,
    http::{self, Access, App},
    secret::Secret,
    system::SystemClock,
    telemetry,
    wire::Wired,
};

/// How long open connections may go on once the program is told to stop.
const LAST_ANSWERS: TimeDelta = TimeDelta::seconds(5);

pub(super) async fn serve(config: Config, flags: &Serve) -> anyhow::Result<u8> {
    // Before anything is opened: what is told while it is counts too.
    let metrics = telemetry::metrics(&SystemClock::default())?;
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
    let access = access(&wired, &config, (&login, owner));
    let app = app(&wired, access, &config, metrics, &stop);
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
    let notice = TimeDelta::seconds(config.work.notice_s.into());
    let door = Door::new(http::router(app), config.limits.connections);
    let worked = answer_while_it_works((listener, door), (engine, &stop), &wired, notice).await;
    worked.context("the work broke off: this is a fault of ours")?;
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
    if issue.find(OWNER).await?.is_some() {
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
    Ok((Caller::of_the_program(issued.member.id, Role::Admin), Some(secret)))
}

fn access(wired: &Wired, config: &Config, (login, owner): (&Secret, Caller)) -> Access {
    let access =
        Access::new(wired.gate.clone(), wired.ports.clock.clone()).with_login(login, owner);
    if config.auth { access } else { access.open_to_all(owner) }
}

/// What answers requests, with the numbers of this process.
pub(super) fn app(
    wired: &Wired,
    access: Access,
    config: &Config,
    metrics: PrometheusHandle,
    stop: &CancellationToken,
) -> App {
    tokio::spawn(telemetry::sum_up(metrics.clone(), wired.ports.clock.clone()));
    let app = App::new(wired.ports.clone(), access, metrics, stop.clone());
    let app = app.with_limits(&config.limits);
    let app = app.with_gauges(wired.gauges()).with_links(wired.links.clone());
    app.with_media_origin(wired.media_origin())
        .with_stream(wired.stream())
        .with_feed(wired.work_feed())
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

/// Answers until the work has ended and those who send requests here had that long to hear of it.
async fn answer_while_it_works(
    (listener, door): (TcpListener, Door),
    (engine, stop): (JoinHandle<()>, &CancellationToken),
    wired: &Wired,
    notice: TimeDelta,
) -> Result<(), JoinError> {
    let closing = CancellationToken::new();
    let stopping = async {
        let (worked, ()) = tokio::join!(engine, last_call(wired, stop, notice));
        closing.cancel();
        worked
    };
    let ((), worked) = tokio::join!(answer(listener, door, wired, &closing), stopping);
    worked
}

/// When nobody new is let in any more: those who send requests here have been able to read that
/// others are to be sent them.
async fn last_call(wired: &Wired, stop: &CancellationToken, notice: TimeDelta) {
    let clock = &wired.ports.clock;
    stop.cancelled().await;
    clock.reach(clock.now() + notice).await;
}

/// Answers until the door closes, then for a little longer what was begun.
async fn answer(listener: TcpListener, door: Door, wired: &Wired, closing: &CancellationToken) {
    let clock = &wired.ports.clock;
    let patience = async {
        closing.cancelled().await;
        clock.reach(clock.now() + LAST_ANSWERS).await;
    };
    tokio::select! {
        () = door.keep(listener, closing.clone()) => {}
        () = patience => {}
    }
}
