use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::{App, problem::Problem};
use crate::secret::hex;

/// Nothing of the page comes from anywhere else but the files that links lead to, and it talks to
/// nobody else.
fn policy(app: &App) -> String {
    let files = app.media_origin.as_ref().map_or_else(String::new, |origin| format!(" {origin}"));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{files}; \
         media-src 'self'{files}; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &str); 24] = [
    ("index.html", HTML, include_str!("../../console/index.html")),
    ("console.css", "text/css; charset=utf-8", include_str!("../../console/console.css")),
    ("icon.svg", "image/svg+xml", include_str!("../../console/icon.svg")),
    ("account.js", SCRIPT, include_str!("../../console/account.js")),
    ("api.js", SCRIPT, include_str!("../../console/api.js")),
    ("bookings.js", SCRIPT, include_str!("../../console/bookings.js")),
    ("brief.js", SCRIPT, include_str!("../../console/brief.js")),
    ("console.js", SCRIPT, include_str!("../../console/console.js")),
    ("desk.js", SCRIPT, include_str!("../../console/desk.js")),
    ("dom.js", SCRIPT, include_str!("../../console/dom.js")),
    ("entry.js", SCRIPT, include_str!("../../console/entry.js")),
    ("form.js", SCRIPT, include_str!("../../console/form.js")),
    ("home.js", SCRIPT, include_str!("../../console/home.js")),
    ("keys.js", SCRIPT, include_str!("../../console/keys.js")),
    ("listing.js", SCRIPT, include_str!("../../console/listing.js")),
    ("lyric.js", SCRIPT, include_str!("../../console/lyric.js")),
    ("offers.js", SCRIPT, include_str!("../../console/offers.js")),
    ("photos.js", SCRIPT, include_str!("../../console/photos.js")),
    ("points.js", SCRIPT, include_str!("../../console/points.js")),
    ("project.js", SCRIPT, include_str!("../../console/project.js")),
    ("stages.js", SCRIPT, include_str!("../../console/stages.js")),
    ("turn.js", SCRIPT, include_str!("../../console/turn.js")),
    ("webhooks.js", SCRIPT, include_str!("../../console/webhooks.js")),
    ("words.js", SCRIPT, include_str!("../../console/words.js")),
];

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(|app, headers| file(app, Path("index.html".to_owned()), headers)))
        .route("/favicon.ico", get(|app, headers| file(app, Path("icon.svg".to_owned()), headers)))
        .route("/console/{file}", get(file))
}

async fn file(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
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
    told.extend(policy(&app).parse().map(|value| (header::CONTENT_SECURITY_POLICY, value)));
    told.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    told.extend(tag.parse().map(|value| (header::ETAG, value)));
    response
}

#[cfg(test)]
mod tests {
    use castad_domain::model::{ActionKind, EntryKind, EventKind, Scope};

    use super::*;
    use crate::http::problem::Code;

    #[test]
    fn every_file_that_the_page_asks_for_is_served() {
        let served = |name: &str| FILES.iter().any(|(known, ..)| *known == name);
        for (from, _, text) in FILES {
            let scripts = text.split("from \"./").skip(1);
            let linked = text.split("=\"/console/").skip(1);
            for rest in scripts.chain(linked) {
                let name = rest.split('"').next().unwrap_or_default();
                assert!(served(name), "{from} asks for {name}");
            }
        }
    }

    fn words() -> &'static str {
        FILES.iter().find(|(name, ..)| *name == "words.js").unwrap().2
    }

    fn has_words(name: &str) -> bool {
        words().contains(&format!("  \"{name}\": ["))
    }

    #[test]
    fn whatever_happens_has_words() {
        for kind in EventKind::ALL {
            let (of, became) = kind.name().split_once('.').unwrap();
            let of_a_stage =
                has_words(&format!("stage.{of}")) && has_words(&format!("state.{became}"));
            let known = has_words(&format!("event.{}", kind.name())) || of_a_stage;
            assert!(known, "{} has no words", kind.name());
        }
        for kind in EntryKind::ALL {
            assert!(has_words(&format!("entry.{}", kind.name())), "{} has no words", kind.name());
        }
    }

    #[test]
    fn whatever_a_key_is_for_and_an_admin_does_has_words() {
        for scope in Scope::ALL {
            assert!(has_words(&format!("scope.{scope}")), "{scope} has no words");
        }
        for kind in ActionKind::ALL {
            assert!(has_words(&format!("action.{}", kind.name())), "{} has no words", kind.name());
        }
    }

    #[test]
    fn every_refusal_that_a_member_can_meet_has_words() {
        // These tell a program that it was written wrong.
        let of_programs = [Code::Malformed, Code::MethodNotAllowed, Code::BadRange, Code::Mismatch];
        for code in Code::ALL.iter().filter(|code| !of_programs.contains(code)) {
            assert!(has_words(&format!("problem.{}", code.word())), "{} has no words", code.word());
        }
    }

    #[test]
    fn every_word_that_a_script_asks_for_is_there() {
        for (from, _, text) in FILES.iter().filter(|(_, kind, _)| *kind == SCRIPT) {
            for (at, call) in text.match_indices("t(\"") {
                // A longer name that ends in t is another function.
                if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.') {
                    continue;
                }
                let name = text[at + call.len()..].split('"').next().unwrap();
                assert!(has_words(name), "{from} asks for {name}");
            }
        }
    }

    #[test]
    fn nothing_of_the_page_needs_more_than_its_policy_allows() {
        for (name, _, text) in FILES {
            for markup in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", " style=", "//cdn"]
            {
                assert!(!text.contains(markup), "{name} has {markup}");
            }
        }
    }
}
