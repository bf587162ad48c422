use castad_domain::{
    model::{AttemptToken, Making, Product, ProviderJob},
    port::StoreError,
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{bits, json::FailureJson};
use crate::fault::corrupt;

/// The columns that songs and videos keep their commission in.
pub(crate) struct MakingParts<P> {
    /// Names the state's column where the row fits no state.
    pub(crate) column: &'static str,
    pub(crate) state: String,
    pub(crate) attempt: Option<Uuid>,
    pub(crate) job: Option<String>,
    pub(crate) failure: Option<Json<FailureJson>>,
    pub(crate) product: Option<P>,
}

impl<P: Product> MakingParts<P> {
    pub(crate) fn making(self) -> Result<Making<P>, StoreError> {
        let attempt = self.attempt.map(|bits| AttemptToken::from_bits(bits.as_u128()));
        let job = self.job.map(ProviderJob::new);
        let failure = self.failure.map(|Json(failure)| failure.failure(P::STAGE));
        match (self.state.as_str(), attempt, job, failure, self.product) {
            ("requested", None, None, None, None) => Ok(Making::Requested),
            ("submitting", Some(attempt), None, None, None) => Ok(Making::Submitting { attempt }),
            ("collecting", Some(attempt), Some(job), None, None) => {
                Ok(Making::Collecting { attempt, job })
            }
            ("ready", None, None, None, Some(product)) => Ok(Making::Ready(product)),
            ("unresolved", Some(attempt), None, None, None) => Ok(Making::Unresolved { attempt }),
            ("failed", None, None, Some(Some(failure)), None) => Ok(Making::Failed(failure)),
            ("canceled", None, None, None, None) => Ok(Making::Canceled),
            (word, Some(attempt), Some(job), None, None) if word == P::WORKING => {
                Ok(Making::Working { attempt, job })
            }
            _ => Err(corrupt(self.column)),
        }
    }
}

/// The same columns, as they are written.
pub(crate) struct MakingWrite<'a> {
    pub(crate) state: &'static str,
    pub(crate) attempt: Option<Uuid>,
    pub(crate) job: Option<&'a str>,
    pub(crate) failure: Option<Json<FailureJson>>,
}

impl<'a, P: Product> From<&'a Making<P>> for MakingWrite<'a> {
    fn from(making: &'a Making<P>) -> Self {
        Self {
            state: making.name(),
            attempt: making.attempt().map(|attempt| bits(attempt.to_bits())),
            job: making.job().map(ProviderJob::as_str),
            failure: making.failure().map(|failure| Json(failure.into())),
        }
    }
}
