//! What the settings of all providers have in common.

use castad_http_client::Secret;

use super::source::Source;

/// The key of a provider that was chosen.
pub(super) fn key(source: &mut Source, name: &'static str, chosen_by: &str) -> Secret {
    let key = source.text(name, "");
    if key.is_empty() {
        let what = format!("is needed where {chosen_by}; {name}_FILE may name a file");
        source.fault(name, what);
    } else if !key.chars().all(|c| c.is_ascii_graphic()) {
        source.fault(name, "holds what no key does".to_owned());
    }
    Secret::new(key)
}

/// Where a provider that was chosen is.
pub(super) fn base(source: &mut Source, name: &'static str, unset: &str) -> String {
    let base = source.text(name, unset);
    if !["https://", "http://"].iter().any(|scheme| base.starts_with(scheme)) {
        source.fault(name, format!("must begin with https:// or http://, not {base:?}"));
    }
    base
}
