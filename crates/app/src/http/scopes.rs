//! What each route is for. A key that is for less than everything is asked here, for both faces,
//! before anything else of a request is looked at.

use std::{collections::HashMap, sync::LazyLock};

use axum::http::{HeaderValue, Method, header};
use castad_domain::model::{Caller, Scope, Scopes};

use super::problem::{Code, Problem};

type Route = (&'static str, &'static str);

const READ: &[Route] = &[
    ("GET", "/lyric/status/{task_id}"),
    ("GET", "/song/status/{song_task_id}"),
    ("GET", "/songs"),
    ("GET", "/songs/"),
    ("GET", "/video/download/{task_id}"),
    ("GET", "/video/status/{render_id}"),
    ("GET", "/videos"),
    ("GET", "/videos/"),
    ("GET", "/v1/account"),
    ("GET", "/v1/campaigns"),
    ("GET", "/v1/channels"),
    ("GET", "/v1/channels/{id}/slots"),
    ("GET", "/v1/claims/{request_id}"),
    ("GET", "/v1/coupons"),
    ("GET", "/v1/events"),
    ("GET", "/v1/holds"),
    ("GET", "/v1/holds/{id}"),
    ("GET", "/v1/keys"),
    ("GET", "/v1/lyrics"),
    ("GET", "/v1/lyrics/{id}"),
    ("GET", "/v1/orders"),
    ("GET", "/v1/orders/{id}"),
    ("GET", "/v1/packs"),
    ("GET", "/v1/points/balance"),
    ("GET", "/v1/points/history"),
    ("GET", "/v1/projects"),
    ("GET", "/v1/projects/{id}"),
    ("GET", "/v1/projects/{id}/events"),
    ("GET", "/v1/projects/{id}/images/{image_id}/file"),
    ("GET", "/v1/queue-tokens/{token}"),
    ("GET", "/v1/songs"),
    ("GET", "/v1/songs/{id}"),
    ("GET", "/v1/songs/{id}/file"),
    ("GET", "/v1/videos"),
    ("GET", "/v1/videos/{id}"),
    ("GET", "/v1/videos/{id}/captions.lrc"),
    ("GET", "/v1/videos/{id}/captions.vtt"),
    ("GET", "/v1/videos/{id}/file"),
    ("GET", "/v1/webhooks"),
    ("GET", "/v1/webhooks/{id}"),
    ("GET", "/v1/webhooks/{id}/deliveries"),
    ("POST", "/v1/quotes"),
];

/// Where the earlier face makes something with a GET, it makes something.
const PRODUCE: &[Route] = &[
    ("POST", "/lyric/generate"),
    ("POST", "/project"),
    ("POST", "/project/image"),
    ("GET", "/song/generate/{task_id}"),
    ("GET", "/video/generate/{task_id}"),
    ("POST", "/v1/projects"),
    ("PATCH", "/v1/projects/{id}"),
    ("DELETE", "/v1/projects/{id}"),
    ("POST", "/v1/projects/{id}/cancel"),
    ("POST", "/v1/projects/{id}/images"),
    ("PUT", "/v1/projects/{id}/images/order"),
    ("DELETE", "/v1/projects/{id}/images/{image_id}"),
    ("POST", "/v1/projects/{id}/lyric"),
    ("PUT", "/v1/projects/{id}/lyric"),
    ("POST", "/v1/projects/{id}/produce"),
    ("POST", "/v1/projects/{id}/retry"),
    ("POST", "/v1/projects/{id}/song"),
    ("POST", "/v1/projects/{id}/video"),
];

const POINTS: &[Route] = &[
    ("POST", "/v1/campaigns/{id}/claim"),
    ("DELETE", "/v1/holds/{id}"),
    ("POST", "/v1/holds/{id}/cancel"),
    ("POST", "/v1/holds/{id}/pay"),
    ("POST", "/v1/orders"),
    ("POST", "/v1/orders/{id}/cancel"),
    ("POST", "/v1/orders/{id}/pay"),
    ("POST", "/v1/points/usages"),
    ("POST", "/v1/points/usages/{key}/cancel"),
    ("POST", "/v1/queue-tokens"),
    ("POST", "/v1/slots/{id}/hold"),
];

const ACCOUNT: &[Route] = &[
    ("PATCH", "/v1/account"),
    ("POST", "/v1/keys"),
    ("DELETE", "/v1/keys/{id}"),
    ("DELETE", "/v1/sessions"),
    ("POST", "/v1/webhooks"),
    ("PATCH", "/v1/webhooks/{id}"),
    ("DELETE", "/v1/webhooks/{id}"),
    ("POST", "/v1/webhooks/{id}/replay"),
    ("POST", "/v1/webhooks/{id}/rotate"),
    ("POST", "/v1/webhooks/{id}/test"),
];

const ADMIN: &[Route] = &[
    ("GET", "/v1/admin/actions"),
    ("GET", "/v1/admin/books"),
    ("GET", "/v1/admin/config"),
    ("GET", "/v1/admin/config/{key}"),
    ("PUT", "/v1/admin/config/{key}"),
    ("POST", "/v1/admin/expirations"),
    ("GET", "/v1/admin/jobs"),
    ("GET", "/v1/admin/jobs/{id}"),
    ("POST", "/v1/admin/jobs/replay"),
    ("POST", "/v1/admin/jobs/{id}/replay"),
    ("GET", "/v1/admin/providers"),
    ("POST", "/v1/admin/providers/{name}/pause"),
    ("POST", "/v1/admin/providers/{name}/resume"),
    ("GET", "/v1/admin/queue"),
    ("POST", "/v1/admin/reconciliation"),
    ("GET", "/v1/admin/unresolved"),
    ("POST", "/v1/admin/unresolved/{id}"),
    ("POST", "/v1/campaigns"),
    ("POST", "/v1/channels"),
    ("POST", "/v1/coupons/{id}/revoke"),
    ("POST", "/v1/packs"),
    ("PATCH", "/v1/packs/{id}"),
    ("POST", "/v1/points/accumulations"),
    ("POST", "/v1/points/accumulations/{key}/cancel"),
    ("POST", "/v1/points/transfers"),
];

/// By address, the methods that it knows with what they are for.
static SCOPES: LazyLock<HashMap<&str, Vec<(&str, Scope)>>> = LazyLock::new(|| {
    let mut scopes = HashMap::<_, Vec<_>>::new();
    for (scope, routes) in [
        (Scope::Read, READ),
        (Scope::Produce, PRODUCE),
        (Scope::Points, POINTS),
        (Scope::Account, ACCOUNT),
        (Scope::Admin, ADMIN),
    ] {
        for (method, path) in routes {
            scopes.entry(*path).or_default().push((*method, scope));
        }
    }
    scopes
});

/// What a key must be for that is for less than everything.
pub(super) fn of(method: &str, path: &str) -> Option<Scope> {
    // Whoever may look may also ask how long it is.
    let method = if method == "HEAD" { "GET" } else { method };
    let known = SCOPES.get(path)?.iter().find(|(known, _)| *known == method);
    known.map(|(_, scope)| *scope)
}

/// Lets nobody on whose key is not for the route. A route that is for nothing is only for keys that
/// are for everything; to a method that the address does not know the router says so.
pub(super) fn check(caller: &Caller, method: &Method, path: &str) -> Result<(), Problem> {
    if caller.scopes == Scopes::EVERYTHING {
        return Ok(());
    }
    match of(method.as_str(), path) {
        Some(scope) if caller.scopes.has(scope) => Ok(()),
        Some(scope) => Err(missing(scope)),
        None if SCOPES.contains_key(path) => Ok(()),
        None => Err(Problem::new(Code::Forbidden, "this is for keys that are for everything")),
    }
}

fn missing(scope: Scope) -> Problem {
    let problem = Problem::new(Code::ScopeMissing, format!("this key is not for `{scope}`"));
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    match HeaderValue::from_str(&challenge) {
        Ok(challenge) => problem.with_header(header::WWW_AUTHENTICATE, challenge),
        Err(_) => problem,
    }
}

#[cfg(test)]
mod tests {
    use castad_domain::model::{KeyId, MemberId, Pass, Role};

    use super::*;

    fn caller(scopes: Scopes) -> Caller {
        let (member, pass) = (MemberId::from_bits(1), Pass::Key(KeyId::from_bits(2)));
        Caller { member, role: Role::Member, pass, scopes, until: None }
    }

    #[test]
    fn a_route_that_is_for_nothing_is_only_for_keys_that_are_for_everything() {
        let all = caller(Scopes::of(Scope::ALL).unwrap());
        let refused = check(&all, &Method::GET, "/v1/forgotten").unwrap_err();
        assert_eq!(refused.code(), Code::Forbidden);
        assert!(check(&caller(Scopes::EVERYTHING), &Method::GET, "/v1/forgotten").is_ok());
    }

    #[test]
    fn who_may_look_may_ask_how_long_it_is() {
        let reader = caller(Scopes::of([Scope::Read]).unwrap());
        for method in [Method::GET, Method::HEAD] {
            assert!(check(&reader, &method, "/v1/projects").is_ok());
            let refused = check(&reader, &method, "/song/generate/{task_id}").unwrap_err();
            assert_eq!(refused.code(), Code::ScopeMissing);
        }
    }

    #[test]
    fn no_route_is_for_two_things() {
        let routes = [READ, PRODUCE, POINTS, ACCOUNT, ADMIN].concat();
        let once: std::collections::HashSet<_> = routes.iter().collect();
        assert_eq!(once.len(), routes.len());
    }
}
