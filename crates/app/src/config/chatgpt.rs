use castad_chatgpt::{Settings, Shape};

use super::{provider, source::Source};

/// The model that writes where none is named.
const MODEL: &str = "gpt-5.4-mini";

/// How ChatGPT is asked, where it is to write.
pub(super) fn read(source: &mut Source) -> Option<Settings> {
    if source.one_of("CASTAD_LYRICS", &["studio", "chatgpt"]) != "chatgpt" {
        source.ignore(&["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "OPENAI_API"]);
        return None;
    }
    let shape = match source.one_of("OPENAI_API", &["responses", "chat"]) {
        "chat" => Shape::Chat,
        _ => Shape::Responses,
    };
    Some(Settings {
        base: provider::base(source, "OPENAI_BASE_URL", "https://api.openai.com/v1"),
        key: provider::key(source, "OPENAI_API_KEY", "CASTAD_LYRICS is chatgpt"),
        model: source.text("OPENAI_MODEL", MODEL),
        shape,
    })
}
