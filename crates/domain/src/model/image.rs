use chrono::{DateTime, Utc};

use super::{IllegalTransition, ImageId, MediaKey, MediaType, Stored};

/// Where a picture stands.
///
/// ```text
/// Kept --removed--> Removed
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageState {
    /// It is part of the project.
    Kept,
    /// The owner took it out; its file is erased in time.
    Removed,
}

impl ImageState {
    /// The state's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Removed => "removed",
        }
    }

    /// The owner takes it out.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is part of the project.
    pub fn removed(self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Kept => Ok(Self::Removed),
            Self::Removed => {
                Err(IllegalTransition { what: "picture", from: self.name(), event: "removed" })
            }
        }
    }
}

/// A picture of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// The file.
    pub file: Stored,
    /// How wide it is, in pixels.
    pub width: u32,
    /// How high it is, in pixels.
    pub height: u32,
    /// When it was added.
    pub added_at: DateTime<Utc>,
    /// Where it stands.
    pub state: ImageState,
}

impl Image {
    /// Where the file of a picture is kept.
    #[must_use]
    pub fn key(id: ImageId) -> MediaKey {
        MediaKey::of("images", id, MediaType::Jpeg)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_takes_just_the_events_of_the_picture() {
        assert_eq!(ImageState::Kept.removed(), Ok(ImageState::Removed));
        let refused = ImageState::Removed.removed().unwrap_err();
        assert_eq!(refused.to_string(), "a picture that is removed cannot be removed");
    }
}
