use std::sync::Arc;

use async_trait::async_trait;

use super::ProviderError;
use crate::model::{Brief, LyricId, LyricText, ProviderName};

/// What is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LyricOrder {
    /// Which lyric it is for; an engine that varies takes its seed from here.
    pub lyric: LyricId,
    /// What it is about.
    pub brief: Brief,
}

/// Watches words being written.
#[async_trait]
pub trait Draft: Send + Sync {
    /// What there is so far, from the beginning.
    async fn shows(&self, so_far: &str);
}

/// Nobody watches.
#[async_trait]
impl Draft for () {
    async fn shows(&self, _so_far: &str) {}
}

/// Writes the words of a song.
#[async_trait]
pub trait LyricWriter: Send + Sync {
    /// Who writes.
    fn name(&self) -> ProviderName;

    /// Writes the words.
    ///
    /// # Contract
    ///
    /// * The words carry the business's name and are in the language that was asked for.
    /// * Two calls may cost twice: the caller sees to it that there are few.
    /// * Where words arrive one by one, the draft shows them; it is not the lyric until it is whole.
    ///
    /// # Errors
    ///
    /// [`ProviderError::kind`] says whether it may be asked again.
    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError>;
}
