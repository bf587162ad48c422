use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts, uri::Authority},
};
use castad_domain::model::MediaKey;
use chrono::TimeDelta;

use crate::http::{App, problem::Problem};

/// How long a link into the media store is good: as long as an answer may be given again.
const LINK: TimeDelta = TimeDelta::hours(24);

/// How the caller addressed this service: `https://ads.example`; empty where that is not known.
pub(in crate::http) struct Base(String);

impl<S: Send + Sync> FromRequestParts<S> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text =
            |name| parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let host = text(header::HOST.as_str()).and_then(|host| host.parse::<Authority>().ok());
        let host = host.or_else(|| parts.uri.authority().cloned());
        let first = text("x-forwarded-proto").and_then(|schemes| schemes.split(',').next());
        let scheme = if first.is_some_and(|s| s.trim() == "https") { "https" } else { "http" };
        Ok(Self(host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()))
    }
}

/// Where a client fetches a file: a link into the media store where it gives one, or to this program
/// where it has a public address, else the route that serves the bytes to whoever has a key.
pub(super) async fn url(
    app: &App,
    base: &Base,
    key: &MediaKey,
    route: String,
) -> Result<String, Problem> {
    let until = app.ports.clock.now() + LINK;
    let link = app.ports.media.link(key, until).await?;
    let link = link.or_else(|| Some(app.links.as_ref()?.link(key, until)));
    Ok(link.unwrap_or_else(|| format!("{}{route}", base.0)))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn base(uri: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        Base::from_request_parts(&mut parts, &()).await.unwrap().0
    }

    #[tokio::test]
    async fn a_caller_is_told_the_address_by_which_it_came() {
        assert_eq!(base("/", &[]).await, "");
        assert_eq!(base("/", &[("host", "ads.test:8080")]).await, "http://ads.test:8080");
        let proxied = [("host", "ads.test"), ("x-forwarded-proto", "https")];
        assert_eq!(base("/", &proxied).await, "https://ads.test");
        assert_eq!(base("http://ads.test/", &[]).await, "http://ads.test");
        assert_eq!(base("/", &[("host", "no host")]).await, "");
        let twice = [("host", "ads.test"), ("x-forwarded-proto", "https, http")];
        assert_eq!(base("/", &twice).await, "https://ads.test");
        let strange = [("host", "ads.test"), ("x-forwarded-proto", "javascript")];
        assert_eq!(base("/", &strange).await, "http://ads.test");
    }
}
