//! The API's own description: the document, a page that shows it, and a page for each code.

mod examples;
mod fields;
mod finish;
mod operations;
mod params;
mod problems;
mod refusals;
mod texts;

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Json, Router,
    extract::Path,
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde_json::Value;
use utoipa::{
    OpenApi,
    openapi::{
        OpenApi as Document,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_swagger_ui::SwaggerUi;

pub(super) use self::{
    finish::finished,
    params::{
        Elsewhere, FileParams, PageParams, QueueParams, RangeParams, RowParams, StreamParams,
        WaitParams, WorkParams,
    },
    problems::{
        Any, Changed, ChangedOne, Entered, Found, Listed, Looked, Reached, Refuses, Sent, Streamed,
        StreamedOne, problems, told_of,
    },
    refusals::*,
};
use super::{
    App, access,
    earlier::EarlierProblem,
    problem::{Charged, Code, Problem, ProblemBody},
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Castad", description = "From a business's name, place and pictures to a finished, sung video."),
    servers((url = "/", description = "where this document was read")),
    tags(
        (name = "projects", description = "What an ad is about."),
        (name = "images", description = "The pictures of a project."),
        (name = "production", description = "Words, song and video: asked for, stopped, tried again."),
        (name = "lyrics", description = "The words that came of it."),
        (name = "songs", description = "The songs that came of it."),
        (name = "videos", description = "The videos that came of it, with their captions."),
        (name = "events", description = "What happened, in order."),
        (name = "webhooks", description = "Where events are delivered."),
        (name = "members", description = "Accounts, sessions and keys."),
        (name = "points", description = "What things are paid with."),
        (name = "coupons", description = "Campaigns, and what they give to who comes first."),
        (name = "shop", description = "Packs of points, and orders of them."),
        (name = "slots", description = "Channels that broadcast ads, and bookings of their slots."),
        (name = "admin", description = "What only admins see and decide."),
        (name = "providers", description = "What providers of songs and videos call and fetch."),
        (name = "service", description = "Health and numbers."),
        (name = "earlier", description = "The routes of the earlier service, for its clients."),
    ),
    components(schemas(ProblemBody, EarlierProblem)),
    security(("key" = []), ("session" = []))
)]
struct Outline;

/// The document before the routes are added.
pub(super) fn outline() -> Document {
    let mut document = Outline::openapi();
    let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
        access::COOKIE,
        "What `POST /v1/sessions` sets in a browser; the earlier routes take none.",
    )));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("key", key);
    components.add_security_scheme("session", session);
    document
}

pub(super) fn routes(document: Value) -> Router<Arc<App>> {
    let page = SwaggerUi::new("/docs/api")
        .config(utoipa_swagger_ui::Config::from("/openapi.json").try_it_out_enabled(true));
    Router::new()
        .route("/openapi.json", get(|| async move { Json(document) }))
        .route("/docs", get(|| async { Redirect::to("/docs/api/") }))
        .route("/docs/errors", get(|| async { Html(table()) }))
        .route("/docs/errors/{code}", get(|Path(code): Path<String>| async move { about(&code) }))
        .merge(page)
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
                    content=\"width=device-width\"><link rel=\"stylesheet\" \
                    href=\"/console/console.css\"><main class=\"page\">";

/// Every code with what it means.
fn table() -> String {
    let mut page = format!(
        "{HEAD}<h1>Errors</h1><table><tr><th>code<th>status<th>retry?<th>charged?<th>what it means"
    );
    for code in Code::ALL {
        let retry = if code.retryable() { "yes" } else { "no" };
        let charged = match code.charged() {
            Charged::No => "no",
            Charged::Unknown => "not known: ask again with the same <code>Idempotency-Key</code>",
        };
        let _ = write!(
            page,
            "<tr><td><a href=\"/docs/errors/{word}\">{word}</a><td>{}<td>{retry}<td>{charged}<td>{}",
            code.status().as_u16(),
            code.title(),
            word = code.word()
        );
    }
    page + "</table></main>"
}

fn about(word: &str) -> Response {
    let Some(code) = Code::ALL.iter().find(|code| code.word() == word) else {
        return Problem::not_found().into_response();
    };
    let retry = if code.retryable() {
        "The same request may succeed later."
    } else {
        "The same request will fail again."
    };
    let charged = match code.charged() {
        Charged::No => "Nothing was charged for it.",
        Charged::Unknown => {
            "Whether anything was charged for it is not known: ask again with the same \
             <code>Idempotency-Key</code>, and what was done is answered and not done twice."
        }
    };
    let page = format!(
        "{HEAD}<p><a href=\"/docs/errors\">Errors</a></p><h1>{}</h1><p><code>{word}</code>, HTTP {}</p>\
         <p>{}</p><p>{retry}</p><p>{charged}</p></main>",
        code.title(),
        code.status().as_u16(),
        code.help()
    );
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Html(page)).into_response()
}
