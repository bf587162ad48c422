//! Registration and log-in: the two routes that are open to everybody.

use std::{convert::Infallible, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use castad_domain::{
    model::{Answer, Email, Password, PersonName, PointsRefusal},
    usecase::{KeepAnswer, LogIn, LogInError, Newcomer, OpenSession, Register},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    access::{self, SESSION},
    asked::{Asked, whole_body},
    docs::{Changed, Joined, LoggedIn},
    form::Form,
    params::NoParams,
    problem::Problem,
    rates,
    shown::text,
    views::time,
    whence::Whence,
};
use crate::{limits::Account, secret::Secret};

/// Who wants to join.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewMember {
    /// The address to log in with; upper and lower case are the same.
    #[schema(max_length = 254, example = "daon@example.com")]
    email: String,
    /// The password to log in with.
    #[schema(min_length = 8, max_length = 100)]
    password: String,
    /// What you are called.
    #[schema(min_length = 1, max_length = 50, example = "다온")]
    name: String,
}

/// A member who has just joined.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberCreated)]
pub(super) struct NewMemberBody {
    /// The member.
    id: String,
    /// The address to log in with.
    email: String,
    /// What they are called.
    name: String,
    /// A key to the API; it is shown this once.
    key: String,
}

/// Who wants to be logged in.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewSession {
    /// The address.
    email: String,
    /// The password.
    password: String,
}

/// A session; the browser has its cookie.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(super) struct SessionBody {
    /// Who is logged in.
    member_id: String,
    /// Until when.
    ends_at: String,
}

/// The fields that somebody sent who has no key yet.
pub(super) struct Open(Form);

impl<S: Send + Sync> FromRequest<S> for Open {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        NoParams::from_request_parts(&mut parts, state).await?;
        Form::read(&parts.headers, &whole_body(body).await?).map(Self)
    }
}

/// Register. The key in the answer is shown this once.
#[utoipa::path(
    post, path = "/v1/members", operation_id = "register",
    tag = "members", security(()), request_body = NewMember,
    responses((status = 201, body = NewMemberBody), Joined)
)]
pub(super) async fn register(
    State(app): State<Arc<App>>,
    Whence(place): Whence,
    Open(mut form): Open,
) -> Result<Response, Problem> {
    let email = form.required("email", Email::parse);
    let password = form.required("password", Password::parse);
    let name = form.required("name", PersonName::parse);
    form.finish()?;
    let (Some(email), Some(password), Some(name)) = (email, password, name) else {
        return Err(Problem::invalid(Vec::new()));
    };
    let booked = app.limits.register(place, app.ports.clock.now());
    booked.map_err(|wait| rates::tried_too_often("registrations", wait))?;
    let secret = Secret::fresh(Secret::KEY);
    let newcomer = Newcomer { email, password, name, key: secret.hash() };
    let joined = Register::new(&app.ports).run(&newcomer).await?;
    let body = NewMemberBody {
        id: joined.profile.member.to_string(),
        email: joined.email.as_str().to_owned(),
        name: joined.profile.name.as_str().to_owned(),
        key: secret.reveal().to_owned(),
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    Ok((StatusCode::CREATED, json, text(&body)).into_response())
}

/// Log a browser in: the answer sets a cookie.
#[utoipa::path(
    post, path = "/v1/sessions", operation_id = "log_in",
    tag = "members", security(()), request_body = NewSession,
    responses((status = 201, body = SessionBody, headers(("Set-Cookie" = String))), LoggedIn)
)]
pub(super) async fn log_in(
    State(app): State<Arc<App>>,
    Whence(place): Whence,
    Open(mut form): Open,
) -> Result<Response, Problem> {
    let as_sent = |text: &str| Ok::<_, Infallible>(text.to_owned());
    let (email, password) = (form.required("email", as_sent), form.required("password", as_sent));
    form.finish()?;
    let (email, password) = (email.unwrap_or_default(), password.unwrap_or_default());
    let now = app.ports.clock.now();
    app.limits.log_in(place, now).map_err(|wait| rates::tried_too_often("log_ins", wait))?;
    let attempt = app.limits.guess(Account::of(&email), place, now);
    let attempt = attempt.map_err(|wait| rates::tried_too_often("account", wait))?;
    let secret = Secret::fresh(Secret::SESSION);
    let ends_at = now + SESSION;
    let session = LogIn::new(&app.ports).run((&email, &password), secret.hash(), ends_at).await;
    match (&session, attempt) {
        (Err(LogInError::Wrong), _) => access::refused("password"),
        (Ok(_), Some(attempt)) => attempt.was_right(),
        (Err(LogInError::Password(_) | LogInError::Store(_)), Some(attempt)) => {
            attempt.was_not_one();
        }
        (Ok(_) | Err(LogInError::Password(_) | LogInError::Store(_)), None) => {}
    }
    let session = session?;
    let body = SessionBody { member_id: session.member.to_string(), ends_at: time(ends_at) };
    let told = [
        (header::SET_COOKIE, access::session_cookie(&secret)),
        (header::CONTENT_TYPE, "application/json".to_owned()),
    ];
    Ok((StatusCode::CREATED, told, text(&body)).into_response())
}

/// End the session that the request came with; other sessions and keys go on.
#[utoipa::path(
    delete, path = "/v1/sessions", operation_id = "log_out",
    tag = "members",
    responses((status = 204, description = "logged out", headers(("Set-Cookie" = String))), Changed)
)]
pub(super) async fn log_out(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let (member, keep) = (asked.caller.member, KeepAnswer::new(&app.ports));
    let answer = |(): &()| Answer { status: 204, location: None, body: String::new() };
    let order = |receipt| async {
        if let Some(hash) = access::present_session(&headers) {
            OpenSession::new(&app.ports).end(&hash).await?;
            app.access.forget(&hash);
        }
        keep.run::<_, PointsRefusal>(member, receipt, &()).await?;
        Ok::<_, Problem>(())
    };
    let gone = asked.carry_out(&app, &answer, order).await?;
    Ok(([(header::SET_COOKIE, access::no_cookie())], gone).into_response())
}
