use castad_domain::port::MediaError;
use object_store::signer::Method;

use crate::{
    AzureBlob,
    answer::{Answered, answered, fault},
    link,
};

/// Why there is no container to keep files in.
#[derive(Debug, thiserror::Error)]
pub enum EnsureError {
    /// It is not there, and may not be made.
    #[error(
        "the container {container} is not there, and the account's key may not make it ({code}): make it by hand"
    )]
    MayNotMake {
        /// Its name.
        container: String,
        /// The storage's own word for it.
        code: String,
    },
    /// The account does not let these credentials, or this machine, in.
    #[error("the storage account refuses the key, or this machine's address ({code})")]
    Refused {
        /// The storage's own word for it.
        code: String,
    },
    /// A container of that name is on its way out.
    #[error("the container {container} is being deleted: wait a minute, or name another")]
    BeingDeleted {
        /// Its name.
        container: String,
    },
    /// It does not answer.
    #[error("the storage account does not answer")]
    Unavailable(#[source] MediaError),
}

impl AzureBlob {
    /// Makes the container where it is missing; several may do so at once. It is not open to the public.
    ///
    /// # Errors
    ///
    /// [`EnsureError`] says what to do.
    #[tracing::instrument(name = "azure_blob.ensure", skip_all)]
    pub async fn ensure(&self) -> Result<(), EnsureError> {
        let container = self.settings.place.container();
        let missing = match self.container(Method::GET).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match answered(&missing) {
            Some(said) if said.is("ContainerNotFound") || said.status() == 404 => {}
            Some(said) if refuses(said) => {
                return Err(EnsureError::Refused { code: said.code().to_owned() });
            }
            _ => return Err(EnsureError::Unavailable(fault(&missing))),
        }
        let Err(error) = self.container(Method::PUT).await else {
            tracing::info!(container, "the container was made");
            return Ok(());
        };
        let container = container.to_owned();
        match answered(&error) {
            Some(said) if said.is("ContainerAlreadyExists") => Ok(()),
            Some(said) if said.is("ContainerBeingDeleted") => {
                Err(EnsureError::BeingDeleted { container })
            }
            Some(said) if refuses(said) => {
                Err(EnsureError::MayNotMake { container, code: said.code().to_owned() })
            }
            _ => Err(EnsureError::Unavailable(fault(&error))),
        }
    }

    async fn container(&self, method: Method) -> object_store::Result<()> {
        let mut url = link::container(&self.settings.account, &self.settings.place);
        url.set_query(Some("restype=container"));
        self.calls.send(&self.settings.account, method, &url).await.map(drop)
    }
}

fn refuses(said: &Answered) -> bool {
    matches!(said.status(), 401 | 403)
}
