use std::{fmt, str::FromStr};

use castad_domain::model::MediaKey;
use object_store::path::Path;

/// Why a text names no place for files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// It is no address of a container.
    #[error("must be az://container or az://container/prefix")]
    Scheme,
    /// No container can be called so.
    #[error(
        "a container's name has 3 to 63 of a-z, 0-9 and -, begins and ends with a letter or digit, \
         and has no two - in a row"
    )]
    Container,
    /// Names below that prefix could not be linked to.
    #[error("a prefix has at most 200 of A-Z, a-z, 0-9, - and _, parted by single slashes")]
    Prefix,
}

/// A container, or a part of one.
///
/// ```
/// # use castad_azure_blob::Place;
/// assert!("az://castad".parse::<Place>().is_ok());
/// assert!("az://castad/media/2026".parse::<Place>().is_ok());
/// assert!("az://Castad".parse::<Place>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    container: String,
    prefix: Option<String>,
}

impl Place {
    /// The container's name.
    #[must_use]
    pub fn container(&self) -> &str {
        &self.container
    }

    pub(crate) fn of(&self, key: &MediaKey) -> Path {
        self.below(key.as_str())
    }

    /// The blob of that name below the prefix; neither needs any escaping.
    pub(crate) fn below(&self, name: &str) -> Path {
        let prefix = self.prefix.iter().flat_map(|prefix| prefix.split('/'));
        prefix.chain(name.split('/')).collect()
    }
}

impl FromStr for Place {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let rest = text.strip_prefix("az://").ok_or(PlaceError::Scheme)?;
        let (container, prefix) = match rest.split_once('/') {
            None | Some((_, "")) => (rest.trim_end_matches('/'), None),
            Some((container, prefix)) => {
                (container, Some(prefix.strip_suffix('/').unwrap_or(prefix)))
            }
        };
        if !is_container(container) {
            return Err(PlaceError::Container);
        }
        if !prefix.is_none_or(is_prefix) {
            return Err(PlaceError::Prefix);
        }
        Ok(Self { container: container.to_owned(), prefix: prefix.map(str::to_owned) })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "az://{}", self.container)?;
        self.prefix.iter().try_for_each(|prefix| write!(f, "/{prefix}"))
    }
}

fn is_container(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes.iter().all(|&b| plain(b) || b == b'-')
        && bytes.first().is_some_and(|&b| plain(b))
        && bytes.last().is_some_and(|&b| plain(b))
        && !name.contains("--")
}

/// The signature covers a name as it stands; one that an address has to escape would not match.
fn is_prefix(prefix: &str) -> bool {
    let word = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    prefix.len() <= 200 && prefix.split('/').all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_container_with_or_without_a_prefix() {
        for (text, shown) in [
            ("az://castad", "az://castad"),
            ("az://castad/", "az://castad"),
            ("az://0-a", "az://0-a"),
            ("az://castad/Media_1/x-y", "az://castad/Media_1/x-y"),
            ("az://castad/media/", "az://castad/media"),
        ] {
            assert_eq!(text.parse::<Place>().map(|place| place.to_string()), Ok(shown.to_owned()));
        }
    }

    #[test]
    fn what_no_link_could_name_is_refused() {
        let long = format!("az://castad/{}", "a".repeat(201));
        for (text, why) in [
            ("", PlaceError::Scheme),
            ("s3://castad", PlaceError::Scheme),
            ("https://castad.blob.core.windows.net/x", PlaceError::Scheme),
            ("az://", PlaceError::Container),
            ("az://ab", PlaceError::Container),
            ("az://Castad", PlaceError::Container),
            ("az://$web", PlaceError::Container),
            ("az://a--b", PlaceError::Container),
            ("az://-ab", PlaceError::Container),
            ("az://ab-", PlaceError::Container),
            ("az://key@castad", PlaceError::Container),
            ("az://castad//a", PlaceError::Prefix),
            ("az://castad/a//", PlaceError::Prefix),
            ("az://castad/../b", PlaceError::Prefix),
            ("az://castad/매체", PlaceError::Prefix),
            ("az://castad/a b", PlaceError::Prefix),
            ("az://castad/a%20b", PlaceError::Prefix),
            ("az://castad/a?sig=x", PlaceError::Prefix),
            (long.as_str(), PlaceError::Prefix),
        ] {
            assert_eq!(text.parse::<Place>(), Err(why), "{text}");
        }
    }

    #[test]
    fn a_file_lies_below_the_prefix_under_its_key() {
        let key = MediaKey::parse("videos/att_1.mp4").unwrap();
        for (place, name) in
            [("az://castad", "videos/att_1.mp4"), ("az://castad/a/b", "a/b/videos/att_1.mp4")]
        {
            assert_eq!(place.parse::<Place>().unwrap().of(&key).as_ref(), name);
        }
    }
}
