//! Links under which a provider fetches what lies in the data folder, without a key, for a time.

use std::sync::Arc;

use async_trait::async_trait;
use castad_domain::{
    model::{MediaKey, Stored},
    port::{ByteRange, ByteStream, MediaError, MediaRead, MediaStore},
};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::hex;

/// Makes links below a public address, and knows its own again.
pub struct Links {
    base: String,
    key: [u8; 32],
}

impl Links {
    /// Links below that address; whoever has the key can make them.
    #[must_use]
    pub fn new(base: &str, key: [u8; 32]) -> Self {
        Self { base: base.trim_end_matches('/').to_owned(), key }
    }

    /// An address under which anybody can fetch the file until then.
    #[must_use]
    pub fn link(&self, key: &MediaKey, until: DateTime<Utc>) -> String {
        let (name, until) = (key.as_str().replace('/', "~"), until.timestamp());
        let proof = hex(&self.sealed(&name, until).finalize().into_bytes());
        format!("{}/media/{until}~{proof}~{name}", self.base)
    }

    /// The file that the last part of a link names; `None` if we did not make it or its time is over.
    #[must_use]
    pub fn open(&self, token: &str, now: DateTime<Utc>) -> Option<MediaKey> {
        let mut parts = token.splitn(3, '~');
        let (until, proof, name) = (parts.next()?, parts.next()?, parts.next()?);
        let until: i64 = until.parse().ok()?;
        self.sealed(name, until).verify_slice(&bytes(proof)?).ok()?;
        if now.timestamp() < until { MediaKey::parse(&name.replace('~', "/")).ok() } else { None }
    }

    fn sealed(&self, name: &str, until: i64) -> Hmac<Sha256> {
        let mut seal =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("a key may have any length");
        seal.update(format!("{until}~{name}").as_bytes());
        seal
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        hex.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    Some(
        digits?
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
            .collect(),
    )
}

/// A media store without addresses of its own, whose files can be fetched from this program.
pub struct LinkedMedia {
    inner: Arc<dyn MediaStore>,
    links: Arc<Links>,
}

impl LinkedMedia {
    /// The store, with those links.
    #[must_use]
    pub fn new(inner: Arc<dyn MediaStore>, links: Arc<Links>) -> Self {
        Self { inner, links }
    }
}

#[async_trait]
impl MediaStore for LinkedMedia {
    async fn put(&self, key: &MediaKey, body: ByteStream, most: u64) -> Result<Stored, MediaError> {
        self.inner.put(key, body, most).await
    }

    async fn read(
        &self,
        key: &MediaKey,
        range: Option<ByteRange>,
    ) -> Result<Option<MediaRead>, MediaError> {
        self.inner.read(key, range).await
    }

    async fn link(
        &self,
        key: &MediaKey,
        until: DateTime<Utc>,
    ) -> Result<Option<String>, MediaError> {
        Ok(Some(self.links.link(key, until)))
    }

    async fn remove(&self, key: &MediaKey) -> Result<(), MediaError> {
        self.inner.remove(key).await
    }

    async fn check(&self) -> Result<(), MediaError> {
        self.inner.check().await
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn token(link: &str) -> &str {
        link.strip_prefix("https://ads.example/media/").unwrap()
    }

    #[test]
    fn a_link_opens_its_file_until_its_time_is_over() {
        let links = Links::new("https://ads.example/", [7; 32]);
        let key = MediaKey::parse("images/img_01.jpg").unwrap();
        let (now, until) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::hours(3));
        let link = links.link(&key, until);
        assert_eq!(links.open(token(&link), now), Some(key));
        assert_eq!(links.open(token(&link), until), None);
    }

    #[test]
    fn nothing_of_a_link_can_be_changed() {
        let links = Links::new("https://ads.example", [7; 32]);
        let key = MediaKey::parse("images/img_01.jpg").unwrap();
        let now = DateTime::UNIX_EPOCH;
        let link = links.link(&key, now + TimeDelta::seconds(9));
        let token = token(&link);
        for (from, to) in [("9~", "99~"), ("img_01", "img_02"), ("images~", ""), ("~", "")] {
            assert_eq!(links.open(&token.replacen(from, to, 1), now), None, "{from}");
        }
        let other = Links::new("https://ads.example", [8; 32]);
        assert_eq!(other.open(token, now), None, "made by somebody else");
        for text in ["", "~~", "9~~a.jpg", "9~zz~a.jpg", "9~한글~a.jpg", "x"] {
            assert_eq!(links.open(text, now), None, "{text}");
        }
    }
}
