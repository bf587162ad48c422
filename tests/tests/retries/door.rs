use castad_tests::Castad;
use reqwest::{Client, Method, RequestBuilder};

/// Where the program is asked, whichever process listens there.
pub(crate) struct Door {
    /// `host:port`.
    pub(crate) address: String,
    /// An admin's key.
    pub(crate) key: String,
    client: Client,
}

impl Door {
    pub(crate) fn of(castad: &Castad) -> Self {
        let address = castad.url.strip_prefix("http://").unwrap().to_owned();
        Self { address, key: castad.key().to_owned(), client: Client::new() }
    }

    /// A request without a key.
    pub(crate) fn stranger(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("http://{}{path}", self.address))
    }
}
