//! The HTTP face: a handler parses, calls a use case and answers.

mod access;
mod account;
mod actions;
mod asked;
mod books;
mod callbacks;
mod captions;
mod channels;
mod claims;
mod console;
mod coupons;
mod docs;
mod earlier;
mod edge;
mod events;
mod files;
mod form;
mod holds;
mod images;
mod jobs;
mod lanes;
mod look;
mod members;
mod pace;
mod params;
mod points;
mod problem;
mod production;
mod projects;
mod proof;
mod providers;
mod queue_tokens;
mod quotes;
mod rates;
mod scopes;
mod settings;
mod shop;
mod shown;
mod stages;
mod status;
mod unresolved;
mod upload;
mod views;
mod webhooks;
mod whence;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode},
    middleware,
    routing::get,
};
use castad_domain::{
    model::{IdempotencyKey, MAX_IMAGES, MemberId},
    port::{EventStream, Ports, WorkFeed},
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::events::Tail;
use crate::{config::LimitsConfig, limits::Limits, links::Links};

pub use access::Access;
pub use look::Crowded;
pub use problem::{Charged, Code, Problem};
pub(crate) use views::told;
pub use webhooks::message;
pub use whence::Peer;

/// The longest that a request may take to be answered; a stream goes on after that.
const TIME_LIMIT: Duration = Duration::from_mins(1);
/// The longest that pictures may take to arrive and be developed.
const UPLOAD_TIME_LIMIT: Duration = Duration::from_mins(10);
/// The largest body of a route that takes no files.
const BODY_LIMIT: usize = 256 * 1024;
/// The largest picture.
const PICTURE_LIMIT: usize = 15 * 1024 * 1024;
/// The largest body of pictures, with room for what stands between them.
const UPLOAD_LIMIT: usize = MAX_IMAGES * PICTURE_LIMIT + 1024 * 1024;

/// Counts something afresh.
pub type Gauges = Arc<dyn Fn() + Send + Sync>;

/// What handlers need.
#[derive(Clone)]
pub struct App {
    /// Everything that use cases need.
    pub ports: Ports,
    /// Who may come in.
    pub access: Arc<Access>,
    /// How often who may ask.
    pub limits: Arc<Limits>,
    /// What makes links to files, where a provider fetches them from here.
    pub links: Option<Arc<Links>>,
    /// Counts afresh what is only counted when somebody looks.
    pub gauges: Gauges,
    /// Where `/metrics` reads.
    pub metrics: PrometheusHandle,
    /// Told when the program stops: streams end, `readyz` turns.
    pub stop: CancellationToken,
    /// Where events go out, if they do.
    stream: Option<Arc<dyn EventStream>>,
    /// Where work is handed out, if it is.
    feed: Option<Arc<dyn WorkFeed>>,
    /// Where links to files lead, if not here.
    media_origin: Option<Arc<str>>,
    /// What callers are told that they are allowed.
    policy: Option<HeaderValue>,
    in_flight: Arc<Mutex<HashSet<(MemberId, IdempotencyKey)>>>,
    tail: Arc<Tail>,
}

impl App {
    /// The handlers' world.
    #[must_use]
    pub fn new(
        ports: Ports,
        access: Access,
        metrics: PrometheusHandle,
        stop: CancellationToken,
    ) -> Self {
        let (access, in_flight) = (Arc::new(access), Arc::default());
        let gauges: Gauges = Arc::new(|| ());
        let (links, stream, feed, media_origin, policy) = (None, None, None, None, None);
        let limits = Arc::new(Limits::new(&LimitsConfig::off()));
        let (log, clock) = (Arc::clone(&ports.events), Arc::clone(&ports.clock));
        let tail = Arc::new(Tail::new(log, clock, stop.clone()));
        Self {
            ports,
            access,
            limits,
            links,
            gauges,
            metrics,
            stop,
            stream,
            feed,
            media_origin,
            policy,
            in_flight,
            tail,
        }
    }

    /// The same, with what else is to be counted when somebody looks.
    #[must_use]
    pub fn with_gauges(self, gauges: Gauges) -> Self {
        Self { gauges, ..self }
    }

    /// The same, where nobody asks more often than that.
    #[must_use]
    pub fn with_limits(self, limits: &LimitsConfig) -> Self {
        let limits = Arc::new(Limits::new(limits));
        Self { policy: rates::policy(&limits), limits, ..self }
    }

    /// The same, where providers fetch files from here.
    #[must_use]
    pub fn with_links(self, links: Option<Arc<Links>>) -> Self {
        Self { links, ..self }
    }

    /// The same, where events go out.
    #[must_use]
    pub fn with_stream(self, stream: Option<Arc<dyn EventStream>>) -> Self {
        Self { stream, ..self }
    }

    /// The same, where work is handed out.
    #[must_use]
    pub fn with_feed(self, feed: Option<Arc<dyn WorkFeed>>) -> Self {
        Self { feed, ..self }
    }

    /// The same where links to files lead to that origin, which the page may then show.
    #[must_use]
    pub fn with_media_origin(mut self, origin: Option<String>) -> Self {
        self.media_origin = origin.map(Into::into);
        self
    }
}

/// Every route of the API that takes no files, with its description.
fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(docs::outline())
        .merge(of_projects())
        .merge(of_stages())
        .merge(of_members())
        .merge(of_points())
        .merge(of_shop())
        .merge(of_slots())
        .merge(of_webhooks())
        .merge(of_pipeline())
        .merge(of_service())
        .merge(earlier::routes())
}

/// Those that take pictures.
fn uploads() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(images::add)).routes(routes!(earlier::images::add))
}

/// Projects, and what is ordered for them.
fn of_projects() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(projects::open, projects::list))
        .routes(routes!(projects::show, projects::change, projects::archive))
        .routes(routes!(images::reorder))
        .routes(routes!(images::remove))
        .routes(routes!(images::file))
        .routes(routes!(production::lyric, production::edit_lyric))
        .routes(routes!(production::song))
        .routes(routes!(production::video))
        .routes(routes!(production::produce))
        .routes(routes!(production::cancel))
        .routes(routes!(production::retry))
        .routes(routes!(quotes::quote))
        .routes(routes!(events::all))
        .routes(routes!(events::of_project))
}

/// What came of it.
fn of_stages() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(stages::lyrics))
        .routes(routes!(stages::lyric))
        .routes(routes!(stages::songs))
        .routes(routes!(stages::song))
        .routes(routes!(stages::videos))
        .routes(routes!(stages::video))
        .routes(routes!(files::song))
        .routes(routes!(files::video))
        .routes(routes!(captions::vtt))
        .routes(routes!(captions::lrc))
}

/// Who is who, and what only an admin does.
fn of_members() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(members::register))
        .routes(routes!(members::log_in, members::log_out))
        .routes(routes!(account::show, account::change))
        .routes(routes!(account::create_key, account::keys))
        .routes(routes!(account::revoke_key))
        .routes(routes!(settings::list))
        .routes(routes!(settings::show, settings::change))
}

/// Points, and what is done about them at night.
fn of_points() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(points::accumulate))
        .routes(routes!(points::cancel_accumulation))
        .routes(routes!(points::spend))
        .routes(routes!(points::cancel_usage))
        .routes(routes!(points::balance))
        .routes(routes!(points::history))
        .routes(routes!(points::transfer))
        .routes(routes!(points::expire))
        .routes(routes!(points::reconcile))
}

/// Campaigns, coupons, packs and orders.
fn of_shop() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(coupons::open, coupons::campaigns))
        .routes(routes!(coupons::claim))
        .routes(routes!(claims::show))
        .routes(routes!(coupons::coupons))
        .routes(routes!(coupons::revoke))
        .routes(routes!(shop::open_pack, shop::packs))
        .routes(routes!(shop::change_pack))
        .routes(routes!(shop::place, shop::orders))
        .routes(routes!(shop::show))
        .routes(routes!(shop::pay))
        .routes(routes!(shop::cancel))
}

/// Channels, slots, holds, and the queue before them.
fn of_slots() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(channels::open, channels::list))
        .routes(routes!(channels::slots))
        .routes(routes!(holds::hold))
        .routes(routes!(holds::list))
        .routes(routes!(holds::show, holds::give_back))
        .routes(routes!(holds::pay))
        .routes(routes!(holds::cancel))
        .routes(routes!(queue_tokens::draw))
        .routes(routes!(queue_tokens::show))
}

/// Where events are delivered.
fn of_webhooks() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(webhooks::create, webhooks::list))
        .routes(routes!(webhooks::show, webhooks::change, webhooks::delete))
        .routes(routes!(webhooks::test))
        .routes(routes!(webhooks::replay))
        .routes(routes!(webhooks::rotate))
        .routes(routes!(webhooks::deliveries))
}

/// What an admin sees of everybody's productions, and decides on.
fn of_pipeline() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(unresolved::list))
        .routes(routes!(unresolved::decide))
        .routes(routes!(lanes::list))
        .routes(routes!(proof::show))
        .routes(routes!(providers::list))
        .routes(routes!(providers::pause))
        .routes(routes!(providers::resume))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::show))
        .routes(routes!(jobs::replay_all))
        .routes(routes!(jobs::replay))
        .routes(routes!(actions::list))
}

/// What has no version.
fn of_service() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(status::healthz))
        .routes(routes!(status::readyz))
        .routes(routes!(status::metrics))
        .routes(routes!(callbacks::take))
        .routes(routes!(files::linked))
}

/// The description of the API, OpenAPI 3.1.
#[must_use]
pub fn document() -> Value {
    docs::finished(&api().merge(uploads()).into_openapi())
}

/// Health and numbers alone, for who works and answers nobody else.
pub fn service(app: App) -> Router {
    let app = Arc::new(app);
    Router::new()
        .route("/healthz", get(status::healthz))
        .route("/readyz", get(status::readyz))
        .route("/metrics", get(status::metrics))
        .fallback(edge::no_such_route)
        .layer(in_time(TIME_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), edge::around))
        .with_state(app)
}

/// Every route, ready to serve.
pub fn router(app: App) -> Router {
    let app = Arc::new(app);
    let routes = Router::from(api())
        .merge(docs::routes(document()))
        .merge(access::routes())
        .merge(console::routes());
    let uploads = uploads().into();
    behind_the_edge(routes, &app, (TIME_LIMIT, BODY_LIMIT))
        .merge(behind_the_edge(uploads, &app, (UPLOAD_TIME_LIMIT, UPLOAD_LIMIT)).reset_fallback())
        .with_state(app)
}

/// The routes, and what every request to them goes through, from the outside in.
fn behind_the_edge(
    routes: Router<Arc<App>>,
    app: &Arc<App>,
    (time, body): (Duration, usize),
) -> Router<Arc<App>> {
    // One stack, not a layer each: a route is copied for every request, and each layer of its own
    // is a box in a box.
    let stack = ServiceBuilder::new()
        .layer(middleware::from_fn_with_state(Arc::clone(app), edge::around))
        .layer(CatchPanicLayer::new())
        .layer(DefaultBodyLimit::max(body))
        .layer(in_time(time))
        .layer(middleware::from_fn_with_state(Arc::clone(app), access::guard));
    routes
        .fallback(edge::no_such_route)
        .method_not_allowed_fallback(edge::no_such_method)
        .layer(stack)
}

fn in_time(limit: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limit)
}
