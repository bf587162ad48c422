use std::{fmt, net::IpAddr};

use base64::{Engine, prelude::BASE64_STANDARD};
use object_store::{
    azure::{AzureAccessKey, AzureCredential},
    signer::Url,
};
use ring::hmac;

/// Why a storage account cannot be used as it was told. What was told is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// No account is called so.
    #[error("an account's name has 3 to 24 of a-z and 0-9")]
    Name,
    /// It is no key.
    #[error("an account's key is Base64, as the provider shows it")]
    Key,
    /// It is no address.
    #[error("must be an address such as http://127.0.0.1:10000/devstoreaccount1, without a query")]
    Endpoint,
    /// It has parts that are no `Name=value`.
    #[error("must be Name=value parts, parted by semicolons")]
    Connection,
    /// A part is missing.
    #[error("lacks {0}")]
    Lacks(&'static str),
    /// It opens the account with a signature, which can sign no links.
    #[error("has a SharedAccessSignature, which cannot sign links: use one with an AccountKey")]
    SharedAccess,
}

/// A storage account, and the key that opens it.
#[derive(Clone)]
pub struct Account {
    name: String,
    endpoint: Url,
    access: AzureAccessKey,
    signing: hmac::Key,
}

impl Account {
    /// An account of Azure's public cloud.
    ///
    /// # Errors
    ///
    /// [`AccountError`] says which of the two cannot be.
    pub fn new(name: &str, key: &str) -> Result<Self, AccountError> {
        let endpoint = format!("https://{name}.blob.core.windows.net");
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if !(3..=24).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(AccountError::Name);
        }
        let bytes = BASE64_STANDARD.decode(key).ok().filter(|bytes| !bytes.is_empty());
        let bytes = bytes.ok_or(AccountError::Key)?;
        let access = AzureAccessKey::try_new(key).map_err(|_| AccountError::Key)?;
        Ok(Self {
            name: name.to_owned(),
            endpoint: Url::parse(&endpoint).map_err(|_| AccountError::Name)?,
            access,
            signing: hmac::Key::new(hmac::HMAC_SHA256, &bytes),
        })
    }

    /// The same account at another address: of another cloud, or an emulator.
    ///
    /// An address that is an IP or a name without a dot, and has no path, is taken for an emulator,
    /// which has the account's name as the first part of its paths.
    ///
    /// # Errors
    ///
    /// [`AccountError::Endpoint`] for what is no address.
    pub fn at(mut self, endpoint: &str) -> Result<Self, AccountError> {
        let mut url = Url::parse(endpoint).map_err(|_| AccountError::Endpoint)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host_str().unwrap_or_default().to_owned();
        if !plain || host.is_empty() || !matches!(url.scheme(), "http" | "https") {
            return Err(AccountError::Endpoint);
        }
        if url.path() == "/" && is_emulator(&host) {
            url.set_path(&self.name);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        self.endpoint = url;
        Ok(self)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.endpoint.scheme() == "https"
    }

    pub(crate) fn credential(&self) -> AzureCredential {
        AzureCredential::AccessKey(self.access.clone())
    }

    /// The signature of a text under the account's key.
    pub(crate) fn sign(&self, text: &str) -> String {
        BASE64_STANDARD.encode(hmac::sign(&self.signing, text.as_bytes()))
    }
}

fn is_emulator(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    address.parse::<IpAddr>().is_ok() || !host.contains('.')
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, endpoint, access: _, signing: _ } = self;
        let mut shown = f.debug_struct("Account");
        shown.field("name", name).field("endpoint", &endpoint.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "c2VjcmV0LWtleQ==";

    #[test]
    fn an_account_has_a_name_and_a_key_that_is_not_shown() {
        let account = Account::new("daoncafe1", KEY).unwrap();
        assert_eq!(account.endpoint().as_str(), "https://daoncafe1.blob.core.windows.net/");
        let shown = format!("{account:?}");
        assert!(!shown.contains(KEY) && !shown.contains("secret"), "{shown}");
        assert!(!shown.contains("115, 101"), "{shown}");
        for name in ["", "ab", "Daon", "daon.cafe", "daon/cafe", "daon-cafe", &"a".repeat(25)] {
            assert_eq!(Account::new(name, KEY).unwrap_err(), AccountError::Name, "{name}");
        }
        for key in ["", "not base64!", "c2Vj cmV0", "AAA"] {
            assert_eq!(Account::new("daoncafe", key).unwrap_err(), AccountError::Key, "{key}");
        }
    }

    #[test]
    fn an_emulator_has_the_account_in_its_paths() {
        for (told, meant) in [
            ("http://127.0.0.1:10000", "http://127.0.0.1:10000/daoncafe"),
            ("http://[::1]:10000/", "http://[::1]:10000/daoncafe"),
            ("http://azurite:10000", "http://azurite:10000/daoncafe"),
            ("http://127.0.0.1:10000/daoncafe/", "http://127.0.0.1:10000/daoncafe"),
            (
                "https://daoncafe.blob.core.usgovcloudapi.net",
                "https://daoncafe.blob.core.usgovcloudapi.net/",
            ),
            ("https://media.example.com", "https://media.example.com/"),
        ] {
            let account = Account::new("daoncafe", KEY).unwrap().at(told).unwrap();
            assert_eq!(account.endpoint().as_str(), meant, "{told}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for told in [
            "",
            "azurite:10000",
            "ftp://a.example",
            "http://u:p@a.example",
            "http://a.example?sig=1",
        ] {
            let account = Account::new("daoncafe", KEY).unwrap();
            assert_eq!(account.at(told).unwrap_err(), AccountError::Endpoint, "{told}");
        }
    }
}
