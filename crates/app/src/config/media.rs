use castad_azure_blob::{Account, AccountError, Place, Settings};

use super::source::Source;

/// Where files are kept.
#[derive(Debug, Clone)]
pub enum MediaConfig {
    /// In the data folder.
    InFolder,
    /// In a container of Azure Blob Storage.
    AzureBlob(Box<Settings>),
}

const URL: &str = "CASTAD_MEDIA_URL";
const NAME: &str = "AZURE_STORAGE_ACCOUNT";
const KEY: &str = "AZURE_STORAGE_KEY";
const CONNECTION: &str = "AZURE_STORAGE_CONNECTION_STRING";
const ENDPOINT: &str = "AZURE_STORAGE_ENDPOINT";

/// The account, as the provider's own names tell it.
struct Told {
    name: String,
    key: String,
    connection: String,
    endpoint: String,
}

impl MediaConfig {
    pub(super) fn read(source: &mut Source) -> Self {
        let url = source.text(URL, "");
        let told = Told {
            name: source.text(NAME, ""),
            key: source.text(KEY, ""),
            connection: source.text(CONNECTION, ""),
            endpoint: source.text(ENDPOINT, ""),
        };
        if url.is_empty() {
            return Self::InFolder;
        }
        let place = url.parse::<Place>();
        if let Err(wrong) = &place {
            source.fault(URL, wrong.to_string());
        }
        match (place, told.account(source)) {
            (Ok(place), Some(account)) => Self::AzureBlob(Box::new(Settings { account, place })),
            // There is a fault: this is never used.
            _ => Self::InFolder,
        }
    }
}

impl Told {
    /// The account, or the faults of each variable.
    fn account(&self, source: &mut Source) -> Option<Account> {
        let account = if self.connection.is_empty() {
            if !self.is_complete(source) {
                return None;
            }
            Account::new(&self.name, &self.key).map_err(|wrong| {
                let named = if wrong == AccountError::Name { NAME } else { KEY };
                (named, wrong)
            })
        } else {
            Account::from_connection_string(&self.connection).map_err(|wrong| (CONNECTION, wrong))
        };
        let account = account.and_then(|account| {
            if self.endpoint.is_empty() {
                return Ok(account);
            }
            account.at(&self.endpoint).map_err(|wrong| (ENDPOINT, wrong))
        });
        account.map_err(|(name, wrong)| source.fault(name, wrong.to_string())).ok()
    }

    fn is_complete(&self, source: &mut Source) -> bool {
        let needed = [(NAME, &self.name), (KEY, &self.key)];
        for (name, _) in needed.iter().filter(|(_, value)| value.is_empty()) {
            let what = format!("is needed where {URL} names a container; or set {CONNECTION}");
            source.fault(name, what);
        }
        needed.iter().all(|(_, value)| !value.is_empty())
    }
}
