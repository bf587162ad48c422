//! What is looked at before anything else: whether there is room, and how long the head is.

use axum::extract::Request;

use super::{
    problem::{Code, Problem},
    rates,
};

/// The most headers of a request.
const MOST_HEADERS: usize = 80;
/// The most bytes of its address and its headers.
const MOST_BYTES: usize = 16 * 1024;

/// A request came over a connection for which there is no room.
#[derive(Debug, Clone, Copy)]
pub struct Crowded;

/// Turns away whom there is no room for, but for those who watch; and heads that are too long.
pub(super) fn first(request: &Request) -> Result<(), Problem> {
    let path = request.uri().path();
    let watches = matches!(path, "/healthz" | "/readyz" | "/metrics");
    if request.extensions().get::<Crowded>().is_some() && !watches {
        rates::refused("connections");
        let told = "as many connections are open as there may be";
        return Err(Problem::new(Code::TooManyConnections, told));
    }
    let headers = request.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    let bytes = bytes + request.uri().path_and_query().map_or(0, |asked| asked.as_str().len());
    if headers.len() > MOST_HEADERS || bytes > MOST_BYTES {
        let told = format!(
            "the head has {} headers and {bytes} bytes, at most {MOST_HEADERS} and {MOST_BYTES} are taken",
            headers.len()
        );
        return Err(Problem::new(Code::HeadTooLarge, told));
    }
    Ok(())
}
