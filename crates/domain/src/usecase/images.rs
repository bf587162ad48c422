use std::sync::Arc;

use bytes::Bytes;

use super::{
    desk::{Desk, OrderError},
    receipt::Receipt,
};
use crate::{
    model::{Image, ImageId, ImageState, MemberId, Production, ProjectId},
    port::{MediaError, MediaStore, Photo, PhotoError, PhotoLab, Ports, StoreErrorKind, once},
};

/// The largest picture that is stored, after it was developed.
const MAX_STORED: u64 = 16 * 1024 * 1024;

/// Why a picture was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AddImagesError {
    /// One of the files is no picture that can be taken.
    #[error("file {index}: {error}")]
    Photo {
        /// Which file, counted from 0.
        index: usize,
        /// What is wrong with it.
        error: PhotoError,
    },
    /// A fault of the media store.
    #[error(transparent)]
    Media(#[from] MediaError),
}

/// Adds pictures to a project: all of them or none.
#[derive(Clone)]
pub struct AddImages {
    desk: Desk,
    photos: Arc<dyn PhotoLab>,
    media: Arc<dyn MediaStore>,
}

impl AddImages {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self {
            desk: Desk::new(ports),
            photos: Arc::clone(&ports.photos),
            media: Arc::clone(&ports.media),
        }
    }

    /// Develops and stores one picture that no project has yet.
    ///
    /// # Errors
    ///
    /// [`AddImagesError`] says what is wrong with the file.
    pub async fn take(&self, index: usize, upload: Bytes) -> Result<Image, AddImagesError> {
        let developed = self.photos.develop(upload).await;
        let photo = developed.map_err(|error| AddImagesError::Photo { index, error })?;
        let Photo { jpeg, width, height } = photo;

        let id = ImageId::from_bits(self.desk.next_id());
        let file = self.media.put(&Image::key(id), once(jpeg), MAX_STORED).await?;
        let (state, added_at) = (ImageState::Kept, self.desk.now());
        Ok(Image { id, file, width, height, added_at, state })
    }

    /// The production with the pictures that were taken, in their order; refused, they are
    /// discarded, unless it cannot be known whether they were added.
    ///
    /// # Errors
    ///
    /// [`OrderError`] says why the production takes none.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        images: Vec<Image>,
        receipt: Option<Receipt<'_, (Production, Vec<Image>)>>,
    ) -> Result<(Production, Vec<Image>), OrderError> {
        let decide = |p: &mut Production, _, now| {
            p.add_images(images.clone(), now)?;
            Ok(images.clone())
        };
        let end = self
            .desk
            .change_with((member, project), receipt, decide, |p, images, _| (p, images))
            .await;
        match &end {
            // A commit without an answer may have lasted: its pictures must stay.
            Err(OrderError::Store(fault)) if fault.kind() == StoreErrorKind::Unavailable => {}
            Err(_) => self.discard(&images).await,
            Ok(_) => {}
        }
        end
    }

    /// Deletes pictures that no project has; what cannot be deleted now stays behind unseen.
    pub async fn discard(&self, images: &[Image]) {
        for image in images {
            drop(self.media.remove(&image.file.key).await);
        }
    }
}

/// Takes a picture out of a project.
#[derive(Clone)]
pub struct RemoveImage {
    desk: Desk,
}

impl RemoveImage {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production without the picture.
    ///
    /// # Errors
    ///
    /// [`OrderError`] if it has none such, or a video is being made.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        image: ImageId,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let decide = |p: &mut Production, _, now| p.remove_image(image, now);
        self.desk.change(member, project, receipt, decide).await
    }
}

/// Puts a project's pictures in another order.
#[derive(Clone)]
pub struct ReorderImages {
    desk: Desk,
}

impl ReorderImages {
    /// Takes what it needs of the ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { desk: Desk::new(ports) }
    }

    /// The production with its pictures in that order.
    ///
    /// # Errors
    ///
    /// [`OrderError`] unless the order names each picture once.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        order: Vec<ImageId>,
        receipt: Option<Receipt<'_>>,
    ) -> Result<Production, OrderError> {
        let decide = |p: &mut Production, _, now| p.reorder_images(&order, now);
        self.desk.change(member, project, receipt, decide).await
    }
}
