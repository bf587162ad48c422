//! The outermost layer: every request has an id, every refusal is a problem, all is measured.

use std::{
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics::Label;
use tracing::{Instrument, Span, field::Empty};

use super::{
    App, look, pace,
    problem::{Carried, Code, Problem},
    rates,
};
use crate::{secret::hex, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a request is called in the log.
#[derive(Clone)]
pub(super) struct RequestId(pub(super) String);

/// Names the request, turns away what is not to be looked into, answers refusals as problems, and
/// counts.
pub(super) async fn around(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (uri, changes) = (request.uri().clone(), !request.method().is_safe());
    let method = method_label(request.method());
    let route: Arc<str> =
        request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).into();
    let span = span(&id, method, &route);
    if let Some(sent) = request.headers().get("traceparent").and_then(|sent| sent.to_str().ok()) {
        telemetry::follow(&span, sent);
    }
    let begun = Instant::now();

    let answered = async {
        let answer = match look::first(&request) {
            Ok(()) => pace::hold(app.limits.stalled, request, next).await,
            Err(problem) => problem.into_response(),
        };
        as_problem(answer, &id, uri.path()).await
    };
    let mut response = answered.instrument(span.clone()).await;

    let (status, took) = (response.status(), begun.elapsed());
    span.record("http.status", status.as_u16());
    span.in_scope(|| tell(status, changes, took));
    count((method, route), status, took);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn count((method, route): (&'static str, Arc<str>), status: StatusCode, took: Duration) {
    let labels = vec![
        Label::from_static_parts("method", method),
        Label::new("route", route),
        Label::new("status", status.as_str().to_owned()),
    ];
    metrics::counter!("castad_http_requests_total", labels.clone()).increment(1);
    metrics::histogram!("castad_http_request_seconds", labels).record(took.as_secs_f64());
}

/// What is told while the request is answered belongs to it. Who asks, and for which project, is
/// filled in once that is known.
fn span(id: &str, method: &str, route: &str) -> Span {
    tracing::info_span!(
        "http.request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        request_id = id,
        http.method = method,
        http.route = route,
        http.status = Empty,
        member_id = Empty,
        task_id = Empty,
    )
}

/// One line for each request: what changes something, and what failed, is told to everybody.
fn tell(status: StatusCode, changes: bool, took: Duration) {
    let (status, ms) = (status.as_u16(), took.as_millis());
    if changes || status >= 500 {
        tracing::info!(status, ms, "answered");
    } else {
        tracing::debug!(status, ms, "answered");
    }
}

/// The method's name, if it is one of the usual: a label must not grow with what callers make up.
fn method_label(method: &Method) -> &'static str {
    let usual = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    usual.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// The caller's own name for the request if it is a short word, else a fresh one.
fn request_id(request: &Request) -> String {
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let word = |text: &&str| {
        (1..=100).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
    };
    sent.filter(word).map_or_else(fresh_id, str::to_owned)
}

fn fresh_id() -> String {
    let mut bits = [0; 12];
    let _ = getrandom::fill(&mut bits);
    format!("req_{}", hex(&bits))
}

async fn as_problem(mut response: Response, id: &str, path: &str) -> Response {
    if let Some(problem) = response.extensions_mut().remove::<Carried>().and_then(|c| c.take()) {
        return in_place_of(&response, problem.answer(id, path));
    }
    let status = response.status();
    let told = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes().starts_with(b"application/problem")
            || kind.as_bytes().starts_with(b"text/html")
            || kind.as_bytes().starts_with(b"application/json")
    });
    if !(status.is_client_error() || status.is_server_error()) || told {
        return response;
    }
    let body = mem::take(response.body_mut());
    let text = axum::body::to_bytes(body, 4_096).await.unwrap_or_default();
    let ours = status.is_client_error().then(|| String::from_utf8_lossy(&text).into_owned());
    let mut problem = Problem::of_status(status, ours.filter(|text| !text.is_empty()));
    if let Some(allow) = response.headers().get(header::ALLOW) {
        problem = problem.with_header(header::ALLOW, allow.clone());
    }
    in_place_of(&response, problem.answer(id, path))
}

/// What the one answer tells of limits, the other tells too.
fn in_place_of(old: &Response, mut new: Response) -> Response {
    new.headers_mut().extend(rates::told(old.headers()));
    new
}

pub(super) async fn no_such_route() -> Problem {
    Problem::new(Code::NotFound, "there is nothing at this address")
}

pub(super) async fn no_such_method() -> Problem {
    Problem::new(Code::MethodNotAllowed, "this address does not know the method")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_nobody_knows_makes_no_label_of_its_own() {
        assert_eq!(method_label(&Method::PATCH), "PATCH");
        assert_eq!(method_label(&Method::from_bytes(b"BREW1").unwrap()), "other");
    }
}
