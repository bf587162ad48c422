use castad_suno::Settings;

use super::{OutsideConfig, provider, source::Source};

/// The model that sings where none is named.
const MODEL: &str = "V5";

/// How Suno is asked, where it is to sing.
pub(super) fn read(source: &mut Source, outside: &OutsideConfig) -> Option<Settings> {
    if source.one_of("CASTAD_SONGS", &["studio", "suno"]) != "suno" {
        source.ignore(&["SUNO_API_KEY", "SUNO_BASE_URL", "SUNO_MODEL"]);
        return None;
    }
    Some(Settings {
        base: provider::base(source, "SUNO_BASE_URL", "https://api.sunoapi.org"),
        key: provider::key(source, "SUNO_API_KEY", "CASTAD_SONGS is suno"),
        model: source.text("SUNO_MODEL", MODEL),
        callbacks: outside.public_url.clone(),
    })
}
