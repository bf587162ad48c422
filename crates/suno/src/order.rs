use castad_domain::{
    model::{Brief, Language},
    port::{ProviderError, ProviderErrorKind, SongOrder},
};

use crate::{Settings, wire};

/// The most characters that a model takes.
struct Limits {
    words: usize,
    style: usize,
    title: usize,
}

impl Limits {
    /// Those of a model that is not known are the narrowest of those that are not old.
    fn of(model: &str) -> Self {
        let (words, style, title) = match model {
            "V4" => (3_000, 200, 80),
            "V4_5" | "V4_5PLUS" | "V5" | "V5_5" => (5_000, 1_000, 100),
            _ => (5_000, 1_000, 80),
        };
        Self { words, style, title }
    }
}

/// What is asked of Suno. Words are never cut: what is sung and what is shown have to agree.
pub(crate) fn order<'a>(
    settings: &'a Settings,
    order: &SongOrder,
) -> Result<wire::Order<'a>, ProviderError> {
    let limits = Limits::of(&settings.model);
    let prompt = order.words.to_string();
    let found = length(&prompt);
    if found > limits.words {
        let most = limits.words;
        let text = format!(
            "the lyric has {found} characters with its headings, this model of Suno takes {most}"
        );
        return Err(ProviderError::new(ProviderErrorKind::Refused, text));
    }
    Ok(wire::Order {
        custom_mode: true,
        instrumental: false,
        model: &settings.model,
        call_back_url: settings.callback(order.attempt),
        prompt,
        style: cut(style(&order.brief), limits.style),
        title: cut(order.words.title(), limits.title),
    })
}

/// The owner's words for it, or what suits an advertisement in that language.
fn style(brief: &Brief) -> &str {
    match (&brief.style, brief.language) {
        (Some(style), _) => style.as_str(),
        (None, Language::Korean) => {
            "bright acoustic K-pop, catchy advertising jingle, Korean vocals"
        }
        (None, Language::English) => {
            "bright acoustic pop, catchy advertising jingle, English vocals"
        }
    }
}

/// As a server that counts in UTF-16 would, which is never fewer than there are characters.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

fn cut(text: &str, most: usize) -> String {
    let mut left = most;
    let fits = |c: &char| left.checked_sub(c.len_utf16()).inspect(|rest| left = *rest).is_some();
    text.chars().take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("바다 한 잔", 4), "바다 한");
        assert_eq!(cut("바다", 80), "바다");
        assert_eq!(cut("a𝄞b", 2), "a");
        assert_eq!(cut("a𝄞b", 3), "a𝄞");
        assert_eq!(length("a𝄞b"), 4);
    }
}
