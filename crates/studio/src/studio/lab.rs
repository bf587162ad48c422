use async_trait::async_trait;
use bytes::Bytes;
use castad_domain::port::{Photo, PhotoError, PhotoLab};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::photo;

/// Pictures in work at a time: one may need hundreds of megabytes.
const AT_ONCE: usize = 2;

/// Develops pictures, beside the threads that answer requests.
#[derive(Debug)]
pub struct StudioLab {
    places: Semaphore,
}

impl StudioLab {
    /// A lab with its places free.
    #[must_use]
    pub fn new() -> Self {
        Self { places: Semaphore::new(AT_ONCE) }
    }
}

impl Default for StudioLab {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl PhotoLab for StudioLab {
    async fn develop(&self, upload: Bytes) -> Result<Photo, PhotoError> {
        let closed = || PhotoError("the photo lab is closed".to_owned());
        let _place = self.places.acquire().await.map_err(|_| closed())?;
        let developed = spawn_blocking(move || photo::develop(&upload)).await;
        let developed = developed
            .map_err(|_| PhotoError("the picture could not be developed".to_owned()))?
            .map_err(|refused| PhotoError(refused.to_string()))?;
        let photo::Photo { jpeg, width, height } = developed;
        Ok(Photo { jpeg: jpeg.into(), width, height })
    }
}
