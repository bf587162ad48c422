//! Requests that change something: read whole, named by their caller, answered once.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use castad_domain::{
    model::{Answer, By, Caller, Fingerprint, IdempotencyKey, MemberId, QueueToken},
    usecase::{Recall, Receipt},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    App, BODY_LIMIT,
    access::Who,
    edge::RequestId,
    form::{Form, json, whole},
    params::NoParams,
    problem::{Code, Problem},
};

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const CANCEL_AFTER: &str = "cancel-after";
const QUEUE_TOKEN: &str = "castad-queue-token";
/// The longest deadline that may be set.
const LONGEST: i64 = 7 * 24 * 3_600;

/// A request that changes something, with its body read.
pub(super) struct Asked {
    pub(super) caller: Caller,
    request: Option<String>,
    headers: HeaderMap,
    body: Bytes,
    name: Named,
}

/// How the caller named the request, and what was asked so far.
pub(super) struct Named {
    key: Option<IdempotencyKey>,
    digest: Sha256,
}

impl Named {
    /// Reads the request's name; the digest begins with its method and address.
    pub(super) fn read(parts: &Parts) -> Result<Self, Problem> {
        let key = parts.headers.get(IDEMPOTENCY_KEY).map(|value| {
            let parsed = value.to_str().ok().and_then(|text| IdempotencyKey::parse(text).ok());
            parsed.ok_or_else(|| {
                Problem::invalid_at("", "Idempotency-Key must be 1 to 255 visible characters")
            })
        });
        let mut digest = Sha256::new();
        digest.update(format!("{} {}\n", parts.method, parts.uri.path()));
        Ok(Self { key: key.transpose()?, digest })
    }

    /// Adds what else was asked.
    pub(super) fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.digest.update(part.len().to_be_bytes());
        self.digest.update(part);
    }

    /// A ticket for a new request, or the answer that the same one got before.
    pub(super) async fn admit(self, app: &Arc<App>, caller: Caller) -> Result<Admitted, Problem> {
        let fingerprint = Fingerprint(self.digest.finalize().into());
        let Some(key) = self.key else { return Ok(Admitted::New(Ticket::Unnamed)) };
        let hold = Hold::take(&app.in_flight, caller.member, &key)?;
        let named = NamedTicket { app: Arc::clone(app), caller, key, fingerprint, _hold: hold };
        Ok(match named.recall().await? {
            Some(answer) => Admitted::Before(answer),
            None => Admitted::New(Ticket::Named(Box::new(named))),
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Who(caller) = Who::from_request_parts(&mut parts, state).await?;
        NoParams::from_request_parts(&mut parts, state).await?;
        Self::read(caller, parts, body).await
    }
}

/// The same where options that nobody knows are let be.
pub(super) struct AskedLoosely(pub(super) Asked);

impl<S: Send + Sync> FromRequest<S> for AskedLoosely {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Who(caller) = Who::from_request_parts(&mut parts, state).await?;
        Asked::read(caller, parts, body).await.map(Self)
    }
}

impl Asked {
    async fn read(caller: Caller, parts: Parts, body: Body) -> Result<Self, Problem> {
        let mut name = Named::read(&parts)?;
        let body = whole_body(body).await?;
        let mut canonical = String::new();
        write_canonical(&json(&parts.headers, &body)?, &mut canonical);
        name.add(canonical);
        let request = parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
        Ok(Self { caller, request, headers: parts.headers, body, name })
    }
}

/// The body, if it is no larger than a route without files takes.
pub(super) async fn whole_body(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let limit = std::error::Error::source(&error)
            .is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>);
        if limit {
            Problem::new(Code::TooLarge, format!("the body has more than {BODY_LIMIT} bytes"))
        } else {
            Problem::new(Code::Malformed, "the body stopped half-way")
        }
    })
}

/// Objects by key, so that two spellings of the same content are the same.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (name, value) in fields {
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write_canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        // 5.0 is 5.
        Value::Number(number) => match whole(value) {
            Some(whole) => out.push_str(&whole.to_string()),
            None => out.push_str(&number.to_string()),
        },
        Value::Null | Value::Bool(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

impl Asked {
    /// Who asks, with what they came in, by which request.
    pub(super) fn by(&self) -> By {
        By::request(self.caller, self.request.clone())
    }

    /// The body's fields.
    pub(super) fn form(&self) -> Result<Form, Problem> {
        Form::read(&self.headers, &self.body)
    }

    /// The same, which is another request where the option is another.
    pub(super) fn also(mut self, option: &str) -> Self {
        self.name.add(option);
        self
    }

    /// A body without fields.
    pub(super) fn no_body(&self) -> Result<(), Problem> {
        self.form()?.finish()
    }

    /// When the work is to be canceled, if the caller set a deadline.
    pub(super) fn cancel_at(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Problem> {
        let Some(value) = self.headers.get(CANCEL_AFTER) else { return Ok(None) };
        let seconds = value.to_str().ok().and_then(|text| text.parse::<i64>().ok());
        match seconds.filter(|seconds| (1..=LONGEST).contains(seconds)) {
            Some(seconds) => Ok(Some(now + TimeDelta::seconds(seconds))),
            None => Err(Problem::invalid_at(
                "",
                format!("Cancel-After must be a number of seconds from 1 to {LONGEST}"),
            )),
        }
    }

    /// What lets the caller book where one has to queue; one that does not parse lets nobody in.
    pub(super) fn queue_token(&self) -> Option<QueueToken> {
        self.headers.get(QUEUE_TOKEN)?.to_str().ok()?.parse().ok()
    }

    /// How long the answer may be held back for the work to end.
    pub(super) fn patience(&self) -> Option<TimeDelta> {
        patience(&self.headers)
    }

    /// Carries the request out, once: its answer is kept with its effect, and the same request
    /// gets it again.
    pub(super) async fn carry_out<'a, T, E, F>(
        self,
        app: &Arc<App>,
        answer: &'a Rendering<'a, T>,
        order: impl FnOnce(Option<Receipt<'a, T>>) -> F + Send,
    ) -> Result<Response, Problem>
    where
        F: Future<Output = Result<T, E>> + Send,
        Problem: From<E>,
    {
        self.carry_out_once(app, answer, answer, order).await
    }

    /// The same where the first answer holds what must not be kept: the same request gets `kept`.
    pub(super) async fn carry_out_once<'a, T, E, F>(
        self,
        app: &Arc<App>,
        kept: &'a Rendering<'a, T>,
        first: &Rendering<'_, T>,
        order: impl FnOnce(Option<Receipt<'a, T>>) -> F + Send,
    ) -> Result<Response, Problem>
    where
        F: Future<Output = Result<T, E>> + Send,
        Problem: From<E>,
    {
        match self.name.admit(app, self.caller).await? {
            Admitted::Before(response) => Ok(response),
            Admitted::New(ticket) => {
                let end = order(ticket.receipt(kept)).await;
                ticket.settle(end.map(|end| first(&end)).map_err(Problem::from)).await
            }
        }
    }
}

/// How long an answer may be held back, if the caller would rather wait.
pub(super) fn patience(headers: &HeaderMap) -> Option<TimeDelta> {
    let lines = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut preferences = lines.flat_map(|line| line.split([',', ';']));
    let wait = preferences.find_map(|preference| {
        let (name, value) = preference.split_once('=')?;
        name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"'))
    })?;
    let seconds = wait.parse::<i64>().ok()?.clamp(0, 30);
    Some(TimeDelta::seconds(seconds))
}

/// The header that says that it was.
pub(super) fn applied(patience: TimeDelta) -> Option<(HeaderName, HeaderValue)> {
    let wait = format!("wait={}", patience.num_seconds());
    wait.parse().ok().map(|value| (PREFERENCE_APPLIED, value))
}

/// Renders what a caller is told.
pub(super) type Rendering<'a, T> = dyn Fn(&T) -> Answer + Send + Sync + 'a;

/// Whether an answer was given to the same request before.
pub(super) fn is_replayed(response: &Response) -> bool {
    response.headers().contains_key(REPLAYED)
}

/// Whether a request is new.
pub(super) enum Admitted {
    /// It is.
    New(Ticket),
    /// It is not: this was the answer.
    Before(Response),
}

/// Leave to carry a request out, once.
pub(super) enum Ticket {
    Unnamed,
    Named(Box<NamedTicket>),
}

pub(super) struct NamedTicket {
    app: Arc<App>,
    caller: Caller,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    _hold: Hold,
}

impl NamedTicket {
    async fn recall(&self) -> Result<Option<Response>, Problem> {
        let recall = Recall::new(&self.app.ports);
        let kept = recall.run(self.caller.member, &self.key, self.fingerprint).await?;
        Ok(kept.map(|answer| {
            let mut response = respond(answer);
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
            metrics::counter!("castad_idempotent_replays_total").increment(1);
            response
        }))
    }
}

impl Ticket {
    /// What is kept with the effect.
    pub(super) fn receipt<'a, T>(&self, answer: &'a Rendering<'a, T>) -> Option<Receipt<'a, T>> {
        match self {
            Self::Unnamed => None,
            Self::Named(named) => {
                let (key, fingerprint) = (named.key.clone(), named.fingerprint);
                Some(Receipt { key, fingerprint, answer })
            }
        }
    }

    /// The answer; the one that is kept if another process was quicker with the same request, or if
    /// the effect lasted and only the word of it was lost.
    pub(super) async fn settle(self, end: Result<Answer, Problem>) -> Result<Response, Problem> {
        match (end, self) {
            (Ok(answer), _) => Ok(respond(answer)),
            (Err(error), Self::Named(named)) => named.recall().await.ok().flatten().ok_or(error),
            (Err(error), Self::Unnamed) => Err(error),
        }
    }
}

/// Keeps a request from being carried out twice at the same time by this process.
struct Hold {
    all: Arc<Mutex<HashSet<(MemberId, IdempotencyKey)>>>,
    mine: (MemberId, IdempotencyKey),
}

impl Hold {
    fn take(
        all: &Arc<Mutex<HashSet<(MemberId, IdempotencyKey)>>>,
        member: MemberId,
        key: &IdempotencyKey,
    ) -> Result<Self, Problem> {
        let mine = (member, key.clone());
        if !all.lock().unwrap_or_else(PoisonError::into_inner).insert(mine.clone()) {
            let told = "a request with this Idempotency-Key is being carried out";
            return Err(Problem::new(Code::InFlight, told));
        }
        Ok(Self { all: Arc::clone(all), mine })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.mine);
    }
}

/// An answer as HTTP.
pub(super) fn respond(answer: Answer) -> Response {
    let Answer { status, location, body } = answer;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = if body.is_empty() {
        status.into_response()
    } else {
        let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        (status, json, body).into_response()
    };
    if let Some(place) = location.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_the_same_content_are_the_same() {
        let canonical = |text: &str| {
            let mut out = String::new();
            write_canonical(&serde_json::from_str(text).unwrap(), &mut out);
            out
        };
        assert_eq!(
            canonical(r#"{"b": 1, "a": [true, null]}"#),
            canonical(r#"{"a":[true,null],"b":1}"#)
        );
        assert_eq!(canonical(r#"{"a": 5.0}"#), canonical(r#"{"a": 5}"#));
        assert_ne!(canonical(r#"{"a": 5.5}"#), canonical(r#"{"a": 5}"#));
        assert_ne!(canonical(r#"{"a": "1"}"#), canonical(r#"{"a": 1}"#));
        assert_ne!(canonical(r#"["a,b"]"#), canonical(r#"["a","b"]"#));
    }

    #[test]
    fn patience_is_read_wherever_it_stands_and_has_an_end() {
        let patience = |lines: &[&str]| {
            let lines = lines.iter().map(|line| ("prefer".parse().unwrap(), line.parse().unwrap()));
            super::patience(&lines.collect::<HeaderMap>()).map(|told| told.num_seconds())
        };
        assert_eq!(patience(&["wait=7"]), Some(7));
        assert_eq!(patience(&["respond-async", "Wait = 10"]), Some(10));
        assert_eq!(patience(&["respond-async, wait=\"100\""]), Some(30));
        for none in ["respond-async", "wait", "wait=soon", "waiting=7"] {
            assert_eq!(patience(&[none]), None, "{none}");
        }
    }
}
