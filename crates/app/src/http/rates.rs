//! How often who may ask, as callers are told it.

use std::fmt::Write as _;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use castad_domain::model::{MemberId, SecretHash};
use chrono::TimeDelta;

use super::{
    App,
    problem::{Code, Problem},
    whence::Whence,
};
use crate::limits::{Admission, Limits, LookUp, OpenStream};

/// What is allowed, and where the caller stands: as the draft on rate limit fields of the IETF's
/// group on HTTP APIs has it in its tenth version.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// Answers a caller, if they have not asked too often; the answer tells where they
/// stand in any case.
pub(super) async fn within(
    app: &App,
    (member, key): (MemberId, SecretHash),
    answer: impl Future<Output = Response>,
) -> Response {
    let admission = app.limits.admit(member, key, app.ports.clock.now());
    let mut response = match admission.refused_by() {
        Some((limit, wait)) => too_often(limit, wait).into_response(),
        None => answer.await,
    };
    tell(app, &admission, response.headers_mut());
    response
}

fn too_often(limit: &'static str, wait: TimeDelta) -> Problem {
    refused(limit);
    let whose = if limit == "key" { "with this key or session" } else { "by you" };
    let told = format!("too much was asked {whose}: wait {} s", seconds(wait));
    Problem::new(Code::RateLimited, told).with_header(header::RETRY_AFTER, seconds(wait).into())
}

/// Lets a key be looked up, unless too many from the same place were wrong.
pub(super) fn look_up<'a>(
    app: &'a App,
    key: Option<SecretHash>,
    request: &Request,
) -> Result<Option<LookUp<'a>>, Problem> {
    let Some(key) = key else { return Ok(None) };
    let Whence(place) = Whence::of(app, request.extensions(), request.headers());
    let look_up = app.limits.look_up(key, place, app.ports.clock.now());
    look_up.map_err(|wait| tried_too_often("wrong_keys", wait))
}

/// A key was looked up; what stood in its way, if anything did.
pub(super) fn looked_up(look_up: Option<LookUp<'_>>, problem: Option<&Problem>) {
    match (look_up, problem.map(Problem::code)) {
        (None, _) => {}
        (Some(look_up), None) => look_up.was_good(),
        (Some(look_up), Some(Code::Unauthorized)) => look_up.was_wrong(),
        (Some(look_up), Some(_)) => look_up.was_not_done(),
    }
}

/// Somebody at that place, or for that account, has tried too often; which of the two is not told.
pub(super) fn tried_too_often(limit: &'static str, wait: TimeDelta) -> Problem {
    refused(limit);
    let told = format!("too many attempts: wait {} s", seconds(wait));
    Problem::new(Code::TooManyAttempts, told).with_header(header::RETRY_AFTER, seconds(wait).into())
}

/// One more stream of the member's.
pub(super) fn stream(app: &App, member: MemberId) -> Result<OpenStream, Problem> {
    app.limits.streams.open(member).ok_or_else(|| {
        refused("streams");
        let told = format!("you have {} streams open", app.limits.streams.most());
        Problem::new(Code::TooManyStreams, told)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("10"))
    })
}

/// Counts who was refused by which limit.
pub(super) fn refused(limit: &'static str) {
    metrics::counter!("castad_limited_total", "limit" => limit).increment(1);
}

/// Whole seconds, and never too few.
fn seconds(wait: TimeDelta) -> i64 {
    (wait + TimeDelta::microseconds(999_999)).num_seconds().max(1)
}

/// What callers are allowed, as each answer tells it; nothing where there is no limit.
pub(super) fn policy(limits: &Limits) -> Option<HeaderValue> {
    let all = limits.allowances();
    let all = all.map(|(name, of)| format!("\"{name}\";q={};w={}", of.count(), of.per_s()));
    let all = all.collect::<Vec<_>>().join(", ");
    HeaderValue::from_str(&all).ok().filter(|told| !told.is_empty())
}

fn tell(app: &App, admission: &Admission, headers: &mut HeaderMap) {
    let Some(policy) = &app.policy else { return };
    headers.insert(POLICY, policy.clone());
    let mut standings = String::with_capacity(64);
    for (name, standing) in admission.standings() {
        let comma = if standings.is_empty() { "" } else { ", " };
        let (left, full) = (standing.left, seconds(standing.full_in));
        let _ = write!(standings, "{comma}\"{name}\";r={left};t={full}");
    }
    if let Ok(standings) = HeaderValue::try_from(standings) {
        headers.insert(STANDING, standings);
    }
}

/// What an answer tells of limits, for another that takes its place.
pub(super) fn told(headers: &HeaderMap) -> HeaderMap {
    let told = [POLICY, STANDING].into_iter();
    told.filter_map(|name| headers.get(&name).cloned().map(|value| (name, value))).collect()
}
