use axum::{
    body::Body,
    extract::{Path, State},
    http::{
        StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
    },
    response::{Html, IntoResponse, Response},
};

use super::{
    Creatomate, Fate,
    problem::{PAGE, half},
};

// Made by `cargo run -p castad-studio --example tiny_films -- crates/stand-ins/src/creatomate`.
const VERTICAL: &[u8] = include_bytes!("vertical.mp4");
const SQUARE: &[u8] = include_bytes!("square.mp4");
const HORIZONTAL: &[u8] = include_bytes!("horizontal.mp4");

pub(super) fn of(width: u64, height: u64) -> &'static [u8] {
    match width.cmp(&height) {
        std::cmp::Ordering::Less => VERTICAL,
        std::cmp::Ordering::Equal => SQUARE,
        std::cmp::Ordering::Greater => HORIZONTAL,
    }
}

/// The film of a render that succeeded. No key is asked for: whoever has the address has the film.
pub(super) async fn serve(State(this): State<Creatomate>, Path(name): Path<String>) -> Response {
    let found = {
        let book = this.book();
        let render = name.strip_suffix(".mp4").and_then(|id| book.renders.get(id));
        render.filter(|render| render.is_made()).map(|render| (render.film(), render.fate.clone()))
    };
    let Some((film, fate)) = found else {
        return (StatusCode::NOT_FOUND, Html(PAGE)).into_response();
    };
    let body = match fate {
        Some(Fate::FileGone) => return (StatusCode::NOT_FOUND, Html(PAGE)).into_response(),
        Some(Fate::FileHtml) => return Html(PAGE).into_response(),
        Some(Fate::FileCutShort) => half(film),
        _ => Body::from(film),
    };
    let head = [(CONTENT_TYPE, "video/mp4".to_owned()), (CONTENT_LENGTH, film.len().to_string())];
    (head, body).into_response()
}
