//! The API's own description: the document, a page that shows it, and a page for each code.

use std::{collections::BTreeMap, fmt::Write as _};

use axum::{
    Json, Router,
    extract::Path,
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use utoipa::{
    IntoParams, IntoResponses, OpenApi,
    openapi::{
        ContentBuilder, OpenApi as Document, Ref, RefOr, ResponseBuilder,
        response::Response as Described,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_swagger_ui::SwaggerUi;

use super::{
    App,
    earlier::EarlierProblem,
    problem::{Code, Problem, ProblemBody},
};

/// Which rows of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(super) struct PageParams {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Behind which row the page begins: `next` of the page before.
    after: Option<String>,
}

/// How many rows of a list that has one page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(super) struct RowParams {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// The problems that any route may answer with.
pub(super) struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        problems("Problem")
    }
}

/// The same as the earlier routes tell them.
pub(super) struct EarlierProblems;

impl IntoResponses for EarlierProblems {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        problems("EarlierProblem")
    }
}

fn problems(schema: &str) -> BTreeMap<String, RefOr<Described>> {
    let schema = Ref::from_schema_name(schema);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new()
        .description("a problem (RFC 9457)")
        .content("application/problem+json", content)
        .build();
    let statuses = ["401", "404", "409", "413", "415", "422", "429", "500", "503"];
    let also = statuses.map(|status| (status.to_owned(), RefOr::T(response.clone())));
    let default = ("default".to_owned(), RefOr::T(response.clone()));
    also.into_iter().chain([default]).collect()
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Castad", description = "From a business's name, place and pictures to a finished, sung video."),
    components(schemas(ProblemBody, EarlierProblem)),
    security(("key" = []))
)]
struct Outline;

/// The document before the routes are added.
pub(super) fn outline() -> Document {
    let mut document = Outline::openapi();
    let key = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("key", key);
    document
}

pub(super) fn routes(document: Document) -> Router<App> {
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
        let _ = write!(
            page,
            "<tr><td><a href=\"/docs/errors/{word}\">{word}</a><td>{}<td>{retry}<td>no<td>{}",
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
    let page = format!(
        "{HEAD}<p><a href=\"/docs/errors\">Errors</a></p><h1>{}</h1><p><code>{word}</code>, HTTP {}</p>\
         <p>{}</p><p>{retry} Nothing was charged for it.</p></main>",
        code.title(),
        code.status().as_u16(),
        code.help()
    );
    ([(header::CACHE_CONTROL, "public, max-age=3600")], Html(page)).into_response()
}
