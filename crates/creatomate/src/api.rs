use castad_domain::port::ProviderError;
use castad_http_client::{HttpClient, Request, Secret};
use serde_json::Value;

use crate::{
    Settings, Version,
    refusal::{Call, refused, started_nothing},
    wire::{Render, Taken, Told, Trial},
};

/// Creatomate's calls.
pub(crate) struct Api {
    base: String,
    key: Secret,
    version: Version,
    http: HttpClient,
}

impl Api {
    pub(crate) fn new(settings: &Settings, http: HttpClient) -> Self {
        let Settings { base, key, version, .. } = settings;
        Self { base: base.clone(), key: key.clone(), version: *version, http }
    }

    fn address(&self, rest: &str) -> String {
        format!("{}/{}/{rest}", self.base, self.version.path())
    }

    /// Orders a render.
    pub(crate) async fn buy(&self, order: &Value) -> Result<Render, ProviderError> {
        let request = Request::post(self.address("renders"), order).bearer(&self.key);
        let answer = self.http.send(request).await?;
        if !(200..300).contains(&answer.status()) {
            return Err(refused(Call::Buy, answer, &self.key).await);
        }
        answer.json::<Taken>().await?.only()
    }

    /// How a render is doing.
    pub(crate) async fn render(&self, id: &str) -> Result<Render, ProviderError> {
        let address = self.address(&format!("renders/{id}"));
        let answer = self.http.send(Request::get(address).bearer(&self.key)).await?;
        if answer.status() != 200 {
            return Err(refused(Call::Look, answer, &self.key).await);
        }
        answer.json().await
    }

    /// What a template is made of.
    pub(crate) async fn template(&self, id: &str) -> Result<Value, ProviderError> {
        let told = async {
            let address = self.address(&format!("templates/{id}"));
            let answer = self.http.send(Request::get(address).bearer(&self.key)).await?;
            if answer.status() != 200 {
                return Err(refused(Call::Read, answer, &self.key).await);
            }
            answer.json::<Told>().await
        };
        told.await.map(|told| told.source).map_err(started_nothing)
    }

    /// What would come of an order, for nothing; the second version alone can tell.
    pub(crate) async fn trial(&self, order: &Value) -> Result<Trial, ProviderError> {
        let told = async {
            let request = Request::post(self.address("renders"), order).bearer(&self.key);
            let answer = self.http.send(request).await?;
            if answer.status() != 200 {
                return Err(refused(Call::Read, answer, &self.key).await);
            }
            answer.json().await
        };
        told.await.map_err(started_nothing)
    }
}
