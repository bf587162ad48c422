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
    ///
    /// # Errors
    ///
    /// [`ProviderError::kind`] says whether it may be asked again.
    async fn write(&self, order: &LyricOrder) -> Result<LyricText, ProviderError>;
}
