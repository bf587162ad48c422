use std::sync::Arc;

use bytes::Bytes;

use super::desk::{Desk, OrderError, Receipt};
use crate::{
    model::{Image, ImageId, ImageState, MAX_IMAGES, MemberId, Production, ProjectId, Refusal},
    port::{MediaError, MediaStore, Photo, PhotoError, PhotoLab, Ports, StoreError, once},
};

/// The largest picture that is stored, after it was developed.
const MAX_STORED: u64 = 16 * 1024 * 1024;

/// Why no picture was added.
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
    /// The production does not allow it.
    #[error(transparent)]
    Order(#[from] OrderError),
}

impl From<StoreError> for AddImagesError {
    fn from(fault: StoreError) -> Self {
        Self::Order(fault.into())
    }
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

    /// The production with the pictures, in the order in which they were sent.
    ///
    /// # Errors
    ///
    /// [`AddImagesError`] says which file is at fault, or why the production takes none.
    pub async fn run(
        &self,
        member: MemberId,
        project: ProjectId,
        uploads: Vec<Bytes>,
        receipt: Option<Receipt<'_, Vec<Image>>>,
    ) -> Result<(Production, Vec<Image>), AddImagesError> {
        let found = uploads.len();
        if found > MAX_IMAGES {
            return Err(OrderError::from(Refusal::TooManyImages { found, most: MAX_IMAGES }).into());
        }

        let mut photos = Vec::with_capacity(found);
        for (index, upload) in uploads.into_iter().enumerate() {
            let developed = self.photos.develop(upload).await;
            photos.push(developed.map_err(|error| AddImagesError::Photo { index, error })?);
        }
        let images = self.keep(photos).await?;

        let decide = |p: &mut Production, _, now| {
            p.add_images(images.clone(), now)?;
            Ok(images.clone())
        };
        let end = self.desk.change(member, project, receipt, decide).await;
        if end.is_err() {
            self.discard(&images).await;
        }
        Ok(end?)
    }

    async fn keep(&self, photos: Vec<Photo>) -> Result<Vec<Image>, MediaError> {
        let mut images = Vec::with_capacity(photos.len());
        for Photo { jpeg, width, height } in photos {
            let id = ImageId::from_bits(self.desk.next_id());
            let stored = self.media.put(&Image::key(id), once(jpeg), MAX_STORED).await;
            match stored {
                Ok(file) => {
                    let (state, added_at) = (ImageState::Kept, self.desk.now());
                    images.push(Image { id, file, width, height, added_at, state });
                }
                Err(fault) => {
                    self.discard(&images).await;
                    return Err(fault);
                }
            }
        }
        Ok(images)
    }

    /// What cannot be removed now stays behind unseen: nothing refers to it.
    async fn discard(&self, images: &[Image]) {
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
        Ok(self.desk.change(member, project, receipt, decide).await?.0)
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
        Ok(self.desk.change(member, project, receipt, decide).await?.0)
    }
}
