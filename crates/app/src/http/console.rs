use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::{App, problem::Problem};
use crate::secret::hex;

/// Nothing of the page comes from anywhere else, and it talks to nobody else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: \
                      data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri \
                      'none'; frame-ancestors 'none'";

const FILES: [(&str, &str, &str); 4] = [
    ("index.html", "text/html; charset=utf-8", include_str!("../../console/index.html")),
    ("console.js", "text/javascript; charset=utf-8", include_str!("../../console/console.js")),
    ("console.css", "text/css; charset=utf-8", include_str!("../../console/console.css")),
    ("icon.svg", "image/svg+xml", include_str!("../../console/icon.svg")),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { file("index.html", &headers) }))
        .route(
            "/console/{file}",
            get(
                |Path(name): Path<String>, headers: HeaderMap| async move { file(&name, &headers) },
            ),
        )
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some((_, kind, text)) = FILES.iter().find(|(known, ..)| *known == name) else {
        return Problem::not_found().into_response();
    };
    let tag = format!("\"{}\"", &hex(&Sha256::digest(text))[..16]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known == Some(tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, *kind)], *text).into_response()
    };
    let told = response.headers_mut();
    told.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    told.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    told.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    told.extend(tag.parse().map(|value| (header::ETAG, value)));
    response
}
