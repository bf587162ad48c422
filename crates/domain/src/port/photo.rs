use async_trait::async_trait;
use bytes::Bytes;

/// Why a file cannot be taken as a picture; the text is for the one who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PhotoError(pub String);

/// A picture as the project keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// JPEG, upright, without what cameras write beside the picture.
    pub jpeg: Bytes,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high it is, in pixels.
    pub height: u32,
}

/// Turns what was sent into a picture that is safe to keep.
///
/// # Contract
///
/// * What the file is, is seen from its bytes, never from its name.
/// * Nothing of the file but its pixels is kept.
/// * A file that would need unreasonable memory is refused before it is decoded.
#[async_trait]
pub trait PhotoLab: Send + Sync {
    /// Develops a picture.
    ///
    /// # Errors
    ///
    /// [`PhotoError`] says what is wrong with the file, with the numbers.
    async fn develop(&self, upload: Bytes) -> Result<Photo, PhotoError>;
}
