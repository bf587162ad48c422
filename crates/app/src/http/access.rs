//! Who may come in: keys for programs, a session cookie for the console.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{FromRequestParts, MatchedPath, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use castad_domain::{
    model::{Caller, Role, SecretHash},
    port::{Clock, Gate},
    usecase::OpenSession,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use tracing::Span;

use super::{
    App, earlier,
    problem::{Code, Problem},
    rates, scopes,
    whence::Whence,
};
use crate::secret::{self, Secret};

/// How long a caller who was recognised is not looked up again.
const REMEMBERED: TimeDelta = TimeDelta::seconds(5);
/// The most callers that are remembered at once.
const MOST_REMEMBERED: usize = 10_000;
/// How long a browser stays logged in.
pub(super) const SESSION: TimeDelta = TimeDelta::days(30);
pub(super) const COOKIE: &str = "castad_session";

/// Who may come in.
pub struct Access {
    gate: Arc<dyn Gate>,
    clock: Arc<dyn Clock>,
    /// Everybody is this caller, where keys are switched off.
    everybody: Option<Caller>,
    /// What logs a browser in as that caller, for as long as the program runs.
    login: Option<(SecretHash, Caller)>,
    recent: Mutex<Recent>,
}

/// Callers who were recognised a moment ago.
#[derive(Default)]
struct Recent {
    callers: HashMap<SecretHash, (Caller, DateTime<Utc>)>,
    /// How often somebody was forgotten: what was looked up before that is not remembered after it.
    forgotten: u64,
}

impl Access {
    /// A gate before which keys and sessions are looked up.
    #[must_use]
    pub fn new(gate: Arc<dyn Gate>, clock: Arc<dyn Clock>) -> Self {
        Self { gate, clock, everybody: None, login: None, recent: Mutex::default() }
    }

    /// The same without keys: everybody is `caller`.
    #[must_use]
    pub fn open_to_all(mut self, caller: Caller) -> Self {
        self.everybody = Some(caller);
        self
    }

    /// The same with a secret that logs a browser in as `caller`.
    #[must_use]
    pub fn with_login(mut self, secret: &Secret, caller: Caller) -> Self {
        self.login = Some((secret.hash(), caller));
        self
    }

    async fn identify(&self, hash: SecretHash) -> Result<Option<Caller>, Problem> {
        let now = self.clock.now();
        let (recent, forgotten) = {
            let recent = self.recent();
            (recent.callers.get(&hash).copied(), recent.forgotten)
        };
        if let Some((caller, until)) = recent
            && now < until
        {
            return Ok(Some(caller));
        }
        let found = self.gate.caller(&hash, now).await?;
        let mut recent = self.recent();
        if recent.callers.len() >= MOST_REMEMBERED {
            recent.callers.retain(|_, (_, until)| now < *until);
        }
        match found {
            Some(caller)
                if recent.callers.len() < MOST_REMEMBERED && recent.forgotten == forgotten =>
            {
                // Nobody is remembered for longer than what they came with is good.
                let until = now + REMEMBERED;
                let until = caller.until.map_or(until, |end| end.min(until));
                recent.callers.insert(hash, (caller, until));
            }
            Some(_) => {}
            None => {
                recent.callers.remove(&hash);
            }
        }
        Ok(found)
    }

    /// What a request came in with; `None` where nobody needs a key.
    pub(super) fn badge(&self, headers: &HeaderMap) -> Option<SecretHash> {
        let key = presented(headers, false).filter(|_| self.everybody.is_none());
        key.map(secret::hash)
    }

    /// Whether it would still let somebody in: a key is revoked, and a session ends. Where that cannot
    /// be found out, nothing else of the database can be told either.
    pub(super) async fn lets_in(&self, badge: Option<SecretHash>) -> bool {
        match badge {
            Some(badge) => matches!(self.identify(badge).await, Ok(Some(_))),
            None => self.everybody.is_some(),
        }
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks somebody up anew, who can no longer come in as before.
    pub(super) fn forget(&self, hash: &SecretHash) {
        let mut recent = self.recent();
        recent.callers.remove(hash);
        recent.forgotten += 1;
    }
}

/// The caller of a request that was let in.
pub(super) struct Who(pub(super) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().copied().map(Self).ok_or_else(no_key)
    }
}

/// The caller, who is an admin.
pub(super) struct Admin;

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Who(caller) = Who::from_request_parts(parts, state).await?;
        match caller.role {
            Role::Admin => Ok(Self),
            Role::Member => Err(Problem::new(Code::Forbidden, "this is for admins")),
        }
    }
}

/// Lets nobody into `/v1` or the earlier routes without a key, before anything else of the request
/// is looked at.
pub(super) async fn guard(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path();
    let earlier = earlier::is_here(path);
    if is_open(request.method(), path) {
        if let Err(problem) = admit_anybody(&app.access, request.method(), request.headers()) {
            return problem.into_response();
        }
    } else if earlier || path == "/v1" || path.starts_with("/v1/") {
        let key = match app.access.everybody {
            None => presented(request.headers(), earlier).map(secret::hash),
            Some(_) => None,
        };
        let look_up = match rates::look_up(&app, key, &request) {
            Ok(look_up) => look_up,
            Err(problem) => return problem.into_response(),
        };
        let admitted = admit(&app.access, request.method(), request.headers(), key).await;
        rates::looked_up(look_up, admitted.as_ref().err());
        match admitted {
            Ok(caller) => {
                Span::current().record("member_id", tracing::field::display(caller.member));
                request.extensions_mut().insert(caller);
                let answer = within_scope(caller, request, next);
                return match key {
                    Some(key) => rates::within(&app, (caller.member, key), answer).await,
                    None => answer.await,
                };
            }
            Err(problem) => {
                if problem.code() == Code::Unauthorized {
                    refused("key");
                }
                return problem.into_response();
            }
        }
    }
    next.run(request).await
}

/// Carries out what the caller's key is for.
async fn within_scope(caller: Caller, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let may = route.map(|route| scopes::check(&caller, request.method(), route.as_str()));
    match may {
        Some(Err(problem)) => problem.into_response(),
        Some(Ok(())) | None => next.run(request).await,
    }
}

/// Whether nobody needs a key there: to register, and to log in.
fn is_open(method: &Method, path: &str) -> bool {
    *method == Method::POST && matches!(path, "/v1/members" | "/v1/sessions")
}

/// Lets everybody in but other pages: none is to log a browser in.
fn admit_anybody(access: &Access, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    if access.everybody.is_some() {
        under_local_name(headers)?;
    }
    from_here(method, headers)
}

/// Who asks. A cookie is for the console, which does not use the earlier routes: there a GET begins
/// work, which no page may make a browser do.
async fn admit(
    access: &Access,
    method: &Method,
    headers: &HeaderMap,
    key: Option<SecretHash>,
) -> Result<Caller, Problem> {
    if let Some(caller) = access.everybody {
        under_local_name(headers)?;
        from_here(method, headers)?;
        return Ok(caller);
    }
    let key = key.ok_or_else(no_key)?;
    let caller = access.identify(key).await?.ok_or_else(no_key)?;
    if !headers.contains_key(header::AUTHORIZATION) {
        from_here(method, headers)?;
    }
    Ok(caller)
}

/// The key or the session that a request came with.
fn presented(headers: &HeaderMap, earlier: bool) -> Option<&str> {
    let Some(sent) = headers.get(header::AUTHORIZATION) else {
        return cookie(headers).filter(|_| !earlier);
    };
    let (scheme, key) = sent.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// A browser sends its cookie for any page's request: what changes something must be our own's.
fn from_here(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let (origin, host) = (text(header::ORIGIN), text(header::HOST));
    let foreign = match (origin, host) {
        (Some(origin), Some(host)) => {
            origin.split_once("://").is_none_or(|(_, authority)| authority != host)
        }
        (Some(_), None) => true,
        (None, _) => false,
    };
    if foreign && !method.is_safe() {
        return Err(Problem::new(Code::Forbidden, "the request came from another page"));
    }
    Ok(())
}

/// A page may give its own name the address of this machine, and then counts as ours in a browser:
/// where no key is asked for, only names are answered that cannot be anybody else's.
fn under_local_name(headers: &HeaderMap) -> Result<(), Problem> {
    let Some(host) = headers.get(header::HOST) else { return Ok(()) };
    let host = host.to_str().unwrap_or_default();
    let authority = host.parse::<Authority>().ok();
    let name = authority.as_ref().map(Authority::host).unwrap_or_default();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    if name.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden, "without keys this answers under localhost only"))
}

/// Counts who could not come in that way.
pub(super) fn refused(way: &'static str) {
    metrics::counter!("castad_log_in_failures_total", "way" => way).increment(1);
}

fn no_key() -> Problem {
    Problem::new(Code::Unauthorized, "send a good key as Authorization: Bearer <key>")
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == COOKIE).map(|(_, value)| value.trim())
}

/// The session that a request came with, unless it came with a key.
pub(super) fn present_session(headers: &HeaderMap) -> Option<SecretHash> {
    let session = cookie(headers).filter(|_| !headers.contains_key(header::AUTHORIZATION));
    session.map(secret::hash)
}

/// What has a browser keep a session.
pub(super) fn session_cookie(session: &Secret) -> String {
    format!(
        "{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
        session.reveal(),
        SESSION.num_seconds()
    )
}

/// What has a browser let go of it.
pub(super) fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/login", get(log_in)).route("/logout", post(log_out))
}

#[derive(Deserialize)]
struct LogIn {
    #[serde(default)]
    token: String,
}

/// Opens a session for whoever has the link that the program printed, or a key.
async fn log_in(
    State(app): State<Arc<App>>,
    Whence(place): Whence,
    Query(sent): Query<LogIn>,
) -> Result<Response, Problem> {
    let now = app.ports.clock.now();
    app.limits.log_in(place, now).map_err(|wait| rates::tried_too_often("log_ins", wait))?;
    let token = secret::hash(&sent.token);
    let printed = app.access.login.filter(|(hash, _)| *hash == token);
    let caller = match printed {
        Some((_, caller)) => Some(caller),
        None => app.access.identify(token).await?,
    };
    let Some(caller) = caller else {
        refused("link");
        let told = "this link is no longer good: the program prints a new one at each start";
        return Err(Problem::new(Code::Unauthorized, told));
    };
    if caller.has_limited_key() {
        let told = "a key that expires or is not for everything logs no browser in";
        return Err(Problem::new(Code::Forbidden, told));
    }
    let session = Secret::fresh(Secret::SESSION);
    let ends_at = now + SESSION;
    let who = (caller.member, caller.role);
    OpenSession::new(&app.ports).run(who, session.hash(), ends_at).await?;
    Ok(([(header::SET_COOKIE, session_cookie(&session))], Redirect::to("/")).into_response())
}

async fn log_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Problem> {
    from_here(&Method::POST, &headers)?;
    if let Some(session) = cookie(&headers) {
        let hash = secret::hash(session);
        OpenSession::new(&app.ports).end(&hash).await?;
        app.access.forget(&hash);
    }
    Ok(([(header::SET_COOKIE, no_cookie())], Redirect::to("/")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_keys_no_name_is_answered_that_a_stranger_could_own() {
        let answers = |host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            under_local_name(&headers).is_ok()
        };
        for ours in ["localhost", "LocalHost:8080", "127.0.0.1:8080", "[::1]:8080"] {
            assert!(answers(ours), "{ours}");
        }
        for other in
            ["evil.test", "evil.test:8080", "127.0.0.1.evil.test", "localhost.evil.test", ""]
        {
            assert!(!answers(other), "{other}");
        }
        assert!(under_local_name(&HeaderMap::new()).is_ok());
    }
}
