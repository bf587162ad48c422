use castad_creatomate::{Settings, Templates, Version};

use super::{OutsideConfig, provider, source::Source};

const KEY: &str = "CREATOMATE_API_KEY";
const BASE: &str = "CREATOMATE_BASE_URL";
const API: &str = "CREATOMATE_API";
const VERTICAL: &str = "CREATOMATE_TEMPLATE_VERTICAL";
const SQUARE: &str = "CREATOMATE_TEMPLATE_SQUARE";
const HORIZONTAL: &str = "CREATOMATE_TEMPLATE_HORIZONTAL";

/// How Creatomate is asked, where it is to render.
pub(super) fn read(source: &mut Source, outside: &OutsideConfig) -> Option<Settings> {
    if source.one_of("CASTAD_VIDEOS", &["studio", "creatomate"]) != "creatomate" {
        source.ignore(&[KEY, BASE, API, VERTICAL, SQUARE, HORIZONTAL]);
        return None;
    }
    let version = match source.one_of(API, &["v2", "v1"]) {
        "v1" => Version::V1,
        _ => Version::V2,
    };
    let templates = Templates {
        vertical: template(source, VERTICAL),
        square: template(source, SQUARE),
        horizontal: template(source, HORIZONTAL),
    };
    if templates == Templates::default() {
        let what = "is needed where CASTAD_VIDEOS is creatomate, or one of another shape";
        source.fault(VERTICAL, what.to_owned());
    }
    Some(Settings {
        base: provider::base(source, BASE, "https://api.creatomate.com"),
        key: provider::key(source, KEY, "CASTAD_VIDEOS is creatomate"),
        version,
        templates,
        callbacks: outside.public_url.clone(),
    })
}

fn template(source: &mut Source, name: &'static str) -> Option<String> {
    let id = source.text(name, "");
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !plain {
        source.fault(name, format!("must be a template's id, not {id:?}"));
    }
    (!id.is_empty()).then_some(id)
}
