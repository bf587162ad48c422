//! The routes of the earlier service, for clients that were written for it: the same use cases as
//! under `/v1`, in the words and shapes of that service.

pub(super) mod images;
mod links;
mod lyrics;
mod pages;
mod projects;
mod songs;
mod videos;
mod views;
mod words;

use std::sync::Arc;

use axum::{
    http::{HeaderValue, header},
    routing::{get, head},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{App, edge::no_such_method, problem::Problem};
pub(super) use views::EarlierProblem;

/// Whether an address is one of the earlier service's.
pub(super) fn is_here(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    matches!(first, Some("project" | "lyric" | "song" | "songs" | "video" | "videos"))
}

/// All but the one that takes pictures, which has more time. Where a GET makes something, a HEAD,
/// which previews and checks send, makes nothing.
pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(projects::open))
        .routes(routes!(lyrics::generate))
        .routes(routes!(lyrics::status))
        .routes(routes!(songs::generate))
        .route("/song/generate/{task_id}", head(only_by_get))
        .routes(routes!(songs::status))
        .routes(routes!(songs::list))
        .route("/songs", get(songs::list))
        .routes(routes!(videos::generate))
        .route("/video/generate/{task_id}", head(only_by_get))
        .routes(routes!(videos::status))
        .routes(routes!(videos::download))
        .routes(routes!(videos::list))
        .route("/videos", get(videos::list))
}

async fn only_by_get() -> Problem {
    no_such_method().await.with_header(header::ALLOW, HeaderValue::from_static("GET"))
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn only_the_earlier_services_addresses_are_its_own() {
        for ours in ["/project", "/project/image", "/songs/", "/songs", "/video/nothing", "/videos"]
        {
            assert!(is_here(ours), "{ours}");
        }
        for other in ["/", "/v1/songs", "/docs/errors/song", "/projects", "/healthz", "/songs2"] {
            assert!(!is_here(other), "{other}");
        }
    }
}
