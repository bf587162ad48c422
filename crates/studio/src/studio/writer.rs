use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{Brief, Language, LyricText, LyricTextError, ProviderName, TextError},
    port::{Draft, LyricOrder, LyricWriter, ProviderError, ProviderErrorKind},
};

use super::{name, seed};
use crate::lyric::{self, SectionKind, Words};

/// Writes couplets about the trade, the place and the name.
#[derive(Debug, Default)]
pub struct StudioWriter;

impl StudioWriter {
    /// A writer.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

#[async_trait]
impl LyricWriter for StudioWriter {
    fn name(&self) -> ProviderName {
        name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        _: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        let seed = seed(order.brief.seed, order.lyric.to_bits());
        let words = lyric::write(&brief(&order.brief), seed);
        text(&words).map_err(|error| {
            ProviderError::new(ProviderErrorKind::Unusable, format!("the words: {error}"))
        })
    }
}

fn brief(brief: &Brief) -> lyric::Brief {
    lyric::Brief {
        business_name: brief.business_name.as_str().to_owned(),
        region: brief.region.as_str().to_owned(),
        details: brief.details.as_str().to_owned(),
        language: match brief.language {
            Language::Korean => lyric::Language::Korean,
            Language::English => lyric::Language::English,
        },
        style: brief.style.as_ref().map(|style| style.as_str().to_owned()).unwrap_or_default(),
    }
}

fn text(words: &Words) -> Result<LyricText, LyricTextError> {
    let mut body = String::new();
    for section in &words.sections {
        let heading = match section.kind {
            SectionKind::Verse => "[Verse]",
            SectionKind::Chorus => "[Chorus]",
            SectionKind::Bridge => "[Bridge]",
            SectionKind::Outro => "[Outro]",
        };
        let lines = section.lines.iter().filter_map(|line| fitted(line, LyricText::MAX_LINE));
        let lines: Vec<String> = lines.map(plain).collect();
        if !lines.is_empty() {
            body.extend([heading, "\n", &lines.join("\n"), "\n\n"]);
        }
    }
    let title = fitted(&words.title, LyricText::MAX_TITLE).unwrap_or_else(|| "♪".to_owned());
    LyricText::parse(&title, &body)
}

/// The line without what no lyric may hold, and no longer than it may be; `None` if nothing is left.
fn fitted(line: &str, most: usize) -> Option<String> {
    let mut line: String = line.chars().take(most).collect();
    loop {
        // As a title it is read like a line, but never taken for a heading.
        match LyricText::parse(&line, "a").map(|read| read.title().to_owned()) {
            Ok(read) => return Some(read),
            Err(LyricTextError::Title(TextError::Forbidden(c))) => line = line.replace(c, ""),
            Err(_) => return None,
        }
    }
}

/// A name may stand in brackets; a line that is nothing else would be read as a heading.
fn plain(line: String) -> String {
    if line.starts_with('[') && line.ends_with(']') { format!("{line}!") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lyric::write;

    fn brief(name: &str, details: &str, language: lyric::Language) -> lyric::Brief {
        lyric::Brief {
            business_name: name.to_owned(),
            region: "부산 [해운대]".to_owned(),
            details: details.to_owned(),
            language,
            style: String::new(),
        }
    }

    #[test]
    fn whatever_the_engine_writes_is_a_lyric_with_the_name_in_it() {
        let longest = "가나".repeat(40);
        let names = ["다온카페", "[별]", "A", "Joe's Café & Co. (No. 1)", "7", &longest];
        let details = ["", "커피 ☕ 맛집 🍰\n<b>세일</b>", "[Rap]\nfree\u{200b} Wi-Fi | 24h"];
        for language in [lyric::Language::Korean, lyric::Language::English] {
            for (name, details) in names.iter().flat_map(|n| details.map(|d| (n, d))) {
                for seed in 0..100 {
                    let words = write(&brief(name, details, language), seed);
                    let read = text(&words).unwrap_or_else(|error| panic!("{error}: {words:?}"));
                    assert!(read.lines().any(|line| line.contains(*name)), "{read}");
                    assert_eq!(read.lines().count(), words.lines().count(), "{words:?}");
                }
            }
        }
    }

    #[test]
    fn what_no_lyric_may_hold_is_left_out() {
        assert_eq!(fitted("커피 ☕ 한 잔", 80), Some("커피 한 잔".to_owned()));
        assert_eq!(fitted("☕", 80), None);
        assert_eq!(fitted("가나다", 2), Some("가나".to_owned()));
        assert_eq!(plain("[별]".to_owned()), "[별]!");
    }
}
