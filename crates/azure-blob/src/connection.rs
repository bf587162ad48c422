use std::collections::BTreeMap;

use crate::{Account, AccountError};

/// The emulator's account and key, which everybody knows.
const EMULATOR: (&str, &str) = (
    "devstoreaccount1",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
);

impl Account {
    /// An account as a connection string tells it: `AccountName` and `AccountKey`, with or without
    /// `DefaultEndpointsProtocol`, `EndpointSuffix` and `BlobEndpoint`; or `UseDevelopmentStorage=true`,
    /// with or without `DevelopmentStorageProxyUri`. Other parts are let be.
    ///
    /// # Errors
    ///
    /// [`AccountError`] says what is wrong with it, not what is in it.
    pub fn from_connection_string(text: &str) -> Result<Self, AccountError> {
        let parts = parts(text)?;
        let part = |name: &str| parts.get(name).copied().filter(|value| !value.is_empty());
        if part("usedevelopmentstorage").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            let host = part("developmentstorageproxyuri").unwrap_or("http://127.0.0.1");
            let host = host.trim_end_matches('/');
            return Self::new(EMULATOR.0, EMULATOR.1)?.at(&format!("{host}:10000/{}", EMULATOR.0));
        }
        let name = part("accountname").ok_or(AccountError::Lacks("AccountName"))?;
        let Some(key) = part("accountkey") else {
            let signed = part("sharedaccesssignature").is_some();
            return Err(if signed {
                AccountError::SharedAccess
            } else {
                AccountError::Lacks("AccountKey")
            });
        };
        let account = Self::new(name, key)?;
        if let Some(endpoint) = part("blobendpoint") {
            return account.at(endpoint);
        }
        let protocol = part("defaultendpointsprotocol").unwrap_or("https");
        let suffix = part("endpointsuffix").unwrap_or("core.windows.net");
        account.at(&format!("{protocol}://{name}.blob.{suffix}"))
    }
}

/// The parts by their names in small letters; a value may hold further `=`.
fn parts(text: &str) -> Result<BTreeMap<String, &str>, AccountError> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').ok_or(AccountError::Connection)?;
            Ok((name.trim().to_ascii_lowercase(), value.trim()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, String), AccountError> {
        let account = Account::from_connection_string(text)?;
        Ok((account.name().to_owned(), account.endpoint().to_string()))
    }

    #[test]
    fn every_way_to_tell_an_account_is_understood() {
        for (text, name, endpoint) in [
            (
                "DefaultEndpointsProtocol=https;AccountName=daon;AccountKey=a2V5;EndpointSuffix=core.windows.net",
                "daon",
                "https://daon.blob.core.windows.net/",
            ),
            ("AccountName=daon;AccountKey=a2V5", "daon", "https://daon.blob.core.windows.net/"),
            (
                " accountkey=a2V5 ; ACCOUNTNAME=daon; EndpointSuffix=core.chinacloudapi.cn;",
                "daon",
                "https://daon.blob.core.chinacloudapi.cn/",
            ),
            (
                "DefaultEndpointsProtocol=http;AccountName=daon;AccountKey=a2V5;\
                 BlobEndpoint=http://azurite:10000/daon;QueueEndpoint=http://azurite:10001/daon",
                "daon",
                "http://azurite:10000/daon",
            ),
            (
                "UseDevelopmentStorage=true",
                "devstoreaccount1",
                "http://127.0.0.1:10000/devstoreaccount1",
            ),
            (
                "usedevelopmentstorage=TRUE;DevelopmentStorageProxyUri=http://azurite/",
                "devstoreaccount1",
                "http://azurite:10000/devstoreaccount1",
            ),
        ] {
            let text = text.replace("a2V5", "a2V5cw==");
            assert_eq!(read(&text), Ok((name.to_owned(), endpoint.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_and_not_repeated() {
        let key = "c2VjcmV0";
        for (text, why) in [
            ("", AccountError::Lacks("AccountName")),
            ("AccountKey=c2VjcmV0", AccountError::Lacks("AccountName")),
            ("AccountName=daon", AccountError::Lacks("AccountKey")),
            ("AccountName=daon;AccountKey=", AccountError::Lacks("AccountKey")),
            ("UseDevelopmentStorage=false", AccountError::Lacks("AccountName")),
            (
                "AccountName=daon;SharedAccessSignature=sv=1&sig=c2VjcmV0",
                AccountError::SharedAccess,
            ),
            ("AccountName=daon;c2VjcmV0", AccountError::Connection),
            ("AccountName=Daon;AccountKey=c2VjcmV0", AccountError::Name),
            ("AccountName=daon;AccountKey=c2VjcmV0!", AccountError::Key),
            ("AccountName=daon;AccountKey=c2VjcmV0;BlobEndpoint=azurite", AccountError::Endpoint),
        ] {
            let refused = Account::from_connection_string(text).unwrap_err();
            assert_eq!(refused, why, "{text}");
            assert!(!format!("{refused} {refused:?}").contains(key));
        }
    }
}
