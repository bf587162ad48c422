//! Calls over one client: those of `object_store`, and those that it has none for.

use async_trait::async_trait;
use castad_http_client::install_tls;
use object_store::{
    ClientOptions,
    azure::AzureAuthorizer,
    client::{
        HttpClient, HttpConnector, HttpError, HttpRequest, HttpRequestBody, HttpResponse,
        HttpService, ReqwestConnector,
    },
    signer::{HeaderValue, Method, Url},
};

use crate::{Account, Limits, answer::Answered};

/// A client whose every answer is a success; anything else is an error with what the storage said.
#[derive(Debug, Clone)]
pub(crate) struct Calls(HttpClient);

#[derive(Debug)]
struct Read(HttpClient);

#[async_trait]
impl HttpService for Read {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.execute(request).await?;
        if is_empty_part(&response) {
            return Err(Answered::read(&response).outside().into_error());
        }
        if response.status().is_success() {
            return Ok(response);
        }
        let answered = Answered::read(&response);
        tracing::debug!(%answered, "not done");
        Err(answered.into_error())
    }
}

fn is_empty_part(response: &HttpResponse) -> bool {
    let length = response.headers().get("content-length");
    response.status().as_u16() == 206 && length.is_some_and(|length| length == "0")
}

impl HttpConnector for Calls {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(self.0.clone())
    }
}

impl Calls {
    pub(crate) fn new(account: &Account, limits: &Limits) -> object_store::Result<Self> {
        install_tls();
        // No time for all of a call: a long file on a slow line takes as long as it takes.
        let options = ClientOptions::new()
            .with_allow_http(!account.is_encrypted())
            .with_timeout_disabled()
            .with_read_timeout(limits.stall)
            .with_connect_timeout(limits.connect)
            .with_user_agent(HeaderValue::from_static(concat!(
                "castad/",
                env!("CARGO_PKG_VERSION")
            )));
        let client = ReqwestConnector::default().connect(&options)?;
        Ok(Self(HttpClient::new(Read(client))))
    }

    /// A call without a body, signed.
    pub(crate) async fn send(
        &self,
        account: &Account,
        method: Method,
        url: &Url,
    ) -> object_store::Result<HttpResponse> {
        let generic = |source: Box<dyn std::error::Error + Send + Sync>| {
            object_store::Error::Generic { store: "azure", source }
        };
        let mut request = HttpRequest::new(HttpRequestBody::empty());
        *request.method_mut() = method;
        *request.uri_mut() = url.as_str().parse().map_err(|error| generic(Box::new(error)))?;
        AzureAuthorizer::new(&account.credential(), account.name()).try_authorize(&mut request)?;
        self.0.execute(request).await.map_err(|error| generic(Box::new(error)))
    }
}
