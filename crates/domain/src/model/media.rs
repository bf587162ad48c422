use std::fmt;

use super::UnknownWord;

/// What a stored file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// A picture, JPEG.
    Jpeg,
    /// A recording, AAC in MP4.
    M4a,
    /// A recording, MP3.
    Mp3,
    /// A film, H.264 and AAC in MP4.
    Mp4,
}

impl MediaType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Jpeg, Self::M4a, Self::Mp3, Self::Mp4];

    /// The type as HTTP names it.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::M4a => "audio/mp4",
            Self::Mp3 => "audio/mpeg",
            Self::Mp4 => "video/mp4",
        }
    }

    /// How a file of the type ends, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::M4a => "m4a",
            Self::Mp3 => "mp3",
            Self::Mp4 => "mp4",
        }
    }

    /// The type of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if no type ends so.
    pub fn from_extension(text: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|kind| kind.extension() == text);
        known.ok_or(UnknownWord { allowed: "jpg, m4a, mp3, mp4" })
    }

    /// Whether the first bytes of a file are those of the type.
    #[must_use]
    pub fn matches(self, head: &[u8]) -> bool {
        match self {
            Self::Jpeg => head.starts_with(&[0xff, 0xd8, 0xff]),
            Self::Mp3 => {
                head.starts_with(b"ID3") || matches!(head, [0xff, b, ..] if b & 0xe0 == 0xe0)
            }
            Self::M4a | Self::Mp4 => head.get(4..8) == Some(b"ftyp"),
        }
    }
}

/// Why a text is no name for a stored file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a media key has parts of a-z, 0-9, - and _, parted by single slashes, and one extension")]
pub struct MediaKeyError;

/// The name of a stored file: made from ids, safe in every store and URL.
///
/// ```
/// # use castad_domain::model::MediaKey;
/// assert!(MediaKey::parse("videos/att_01.mp4").is_ok());
/// assert!(MediaKey::parse("../secrets").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaKey(String);

impl MediaKey {
    /// Takes outside text.
    ///
    /// # Errors
    ///
    /// [`MediaKeyError`] if it could mean anything but one file of ours.
    pub fn parse(text: &str) -> Result<Self, MediaKeyError> {
        let (stem, extension) = text.rsplit_once('.').ok_or(MediaKeyError)?;
        let word = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        };
        let good = text.len() <= 200 && stem.split('/').all(word) && word(extension);
        if good { Ok(Self(text.to_owned())) } else { Err(MediaKeyError) }
    }

    /// The key of a file of one folder and id; the id's own alphabet makes it valid.
    pub(super) fn of(folder: &'static str, id: impl fmt::Display, kind: MediaType) -> Self {
        Self(format!("{folder}/{id}.{}", kind.extension()))
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the file is, by its extension.
    #[must_use]
    pub fn media_type(&self) -> Option<MediaType> {
        let (_, extension) = self.0.rsplit_once('.')?;
        MediaType::from_extension(extension).ok()
    }
}

impl fmt::Display for MediaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a media store has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it is.
    pub key: MediaKey,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_file_of_ours_and_nothing_else() {
        for good in ["a.jpg", "images/img_0198.jpg", "songs/2026/att-1.m4a"] {
            assert_eq!(MediaKey::parse(good).map(|k| k.to_string()), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "a",
            "../a.jpg",
            "/a.jpg",
            "a//b.jpg",
            "a/.jpg",
            "A.jpg",
            "가.jpg",
            "a.b/c.jpg",
            "a b.jpg",
            "a.jpg/",
        ] {
            assert_eq!(MediaKey::parse(bad), Err(MediaKeyError), "{bad}");
        }
    }
}
