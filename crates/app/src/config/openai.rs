use castad_chatgpt::{Settings, Shape};
use castad_http_client::Secret;

use super::source::Source;

/// The model that writes where none is named.
const MODEL: &str = "gpt-5.4-mini";

/// How ChatGPT is asked, where it is to write.
pub(super) fn chatgpt(source: &mut Source) -> Option<Settings> {
    let chosen = source.one_of("CASTAD_LYRICS", &["studio", "chatgpt"]) == "chatgpt";
    let key = source.text("OPENAI_API_KEY", "");
    let base = source.text("OPENAI_BASE_URL", "https://api.openai.com/v1");
    let model = source.text("OPENAI_MODEL", MODEL);
    let api = source.text("OPENAI_API", "responses");
    if !chosen {
        return None;
    }
    if key.is_empty() {
        let what = "is needed where CASTAD_LYRICS is chatgpt; OPENAI_API_KEY_FILE may name a file";
        source.fault("OPENAI_API_KEY", what.to_owned());
    } else if !key.chars().all(|c| c.is_ascii_graphic()) {
        source.fault("OPENAI_API_KEY", "holds what no key does".to_owned());
    }
    if !["https://", "http://"].iter().any(|scheme| base.starts_with(scheme)) {
        source
            .fault("OPENAI_BASE_URL", format!("must begin with https:// or http://, not {base:?}"));
    }
    let shape = match api.as_str() {
        "responses" => Shape::Responses,
        "chat" => Shape::Chat,
        _ => {
            source.fault("OPENAI_API", format!("must be responses or chat, not {api:?}"));
            Shape::Responses
        }
    };
    Some(Settings { base, key: Secret::new(key), model, shape })
}
