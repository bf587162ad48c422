use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use castad_domain::{
    model::{Brief, Language, LyricText, ProviderName},
    port::{Draft, LyricOrder, LyricWriter, ProviderError, ProviderErrorKind},
};

use crate::{bell::locked, script::Turns};

/// Writes the same few lines about any business, or fails as it is told.
#[derive(Default)]
pub struct ScriptedWriter(Mutex<Script>);

#[derive(Default)]
struct Script {
    calls: usize,
    answers: Turns<ProviderErrorKind>,
}

impl ScriptedWriter {
    /// A writer that does what it is asked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fails in that way so many times, behind what it was told before.
    pub fn answer(&self, kind: ProviderErrorKind, times: usize) {
        locked(&self.0).answers.add(kind, times);
    }

    /// How often it was asked.
    #[must_use]
    pub fn calls(&self) -> usize {
        locked(&self.0).calls
    }
}

/// A name never stands alone in its line: one in brackets would be read as a heading.
fn words(brief: &Brief) -> Result<LyricText, ProviderError> {
    let Brief { business_name: name, region, .. } = brief;
    let (title, verse, chorus) = match brief.language {
        Language::Korean => (
            "오늘의 노래",
            format!("{region} 골목에서\n햇살이 참 좋아요"),
            format!("{name}에서 만나요\n우리 함께 노래해요"),
        ),
        Language::English => (
            "Song of the Day",
            format!("Down the streets of {region}\nThe morning sun is up"),
            format!("Come and see {name}\nWe sing along with you"),
        ),
    };
    let body = format!("[Verse]\n{verse}\n\n[Chorus]\n{chorus}");
    LyricText::parse(title, &body).map_err(|refused| {
        ProviderError::new(ProviderErrorKind::Unusable, "the words cannot be used")
            .with_source(refused)
    })
}

#[async_trait]
impl LyricWriter for ScriptedWriter {
    fn name(&self) -> ProviderName {
        ProviderName::new("scripted")
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        let told = {
            let mut script = locked(&self.0);
            script.calls += 1;
            script.answers.next()
        };
        if let Some(kind) = told {
            return Err(ProviderError::new(kind, "the script says so"));
        }
        let words = words(&order.brief)?;
        draft.shows(words.title()).await;
        Ok(words)
    }
}
