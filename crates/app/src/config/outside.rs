use castad_domain::usecase::Unresolved;
use castad_http_client::Host;

use super::source::Source;

/// How providers and this program reach each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideConfig {
    /// Where providers reach this program, without a slash at its end; nowhere where it is none.
    pub public_url: Option<String>,
    /// Further hosts that results may be fetched from.
    pub result_hosts: Vec<Host>,
    /// Hosts that members may have called though they are private, or speak plain `http`.
    pub webhook_hosts: Vec<Host>,
    /// What becomes of an attempt whose fate nobody can tell.
    pub unresolved: Unresolved,
}

impl OutsideConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        let unresolved = match source.one_of("CASTAD_UNRESOLVED", &["wait", "fail"]) {
            "fail" => Unresolved::Fail,
            _ => Unresolved::Wait,
        };
        Self {
            public_url: public_url(source),
            result_hosts: hosts(source, "CASTAD_RESULT_HOSTS"),
            webhook_hosts: hosts(source, "CASTAD_WEBHOOK_HOSTS"),
            unresolved,
        }
    }
}

fn public_url(source: &mut Source) -> Option<String> {
    let text = source.text("CASTAD_PUBLIC_URL", "");
    let url = text.trim_end_matches('/');
    if url.is_empty() {
        return None;
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let plain = |rest: &str| {
        !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic() && !"?#@\\\"".contains(c))
    };
    if !rest.is_some_and(plain) {
        let what = format!("must be an address such as https://ads.example.com, not {text:?}");
        source.fault("CASTAD_PUBLIC_URL", what);
    }
    Some(url.to_owned())
}

fn hosts(source: &mut Source, variable: &'static str) -> Vec<Host> {
    let text = source.text(variable, "");
    let mut hosts = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match name.parse() {
            Ok(host) => hosts.push(host),
            Err(error) => source.fault(variable, format!("{error}")),
        }
    }
    hosts
}
