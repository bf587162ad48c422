use chrono::{DateTime, Utc};

use super::Production;
use crate::model::{Datum, EventKind, Image, ImageId, Refusal, Stage, Task};

/// The most pictures of a project.
pub const MAX_IMAGES: usize = 20;

impl Production {
    /// Adds pictures behind those that are there.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if there would be too many, a video is being made or the project is archived.
    pub fn add_images(&mut self, images: Vec<Image>, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.images_may_change()?;
        let found = self.images.len() + images.len();
        if found > MAX_IMAGES {
            return Err(Refusal::TooManyImages { found, most: MAX_IMAGES });
        }

        let added = i64::try_from(images.len()).unwrap_or(i64::MAX);
        self.images.extend(images);
        self.changes.images = true;
        self.tell(EventKind::ImagesAdded, now, [("added", Datum::Number(added))]);
        Ok(())
    }

    /// Takes a picture out; its file is erased in time.
    ///
    /// # Errors
    ///
    /// [`Refusal`] if it is not there, a video is being made or the project is archived, or if it is
    /// the last one of a production that goes on to a video.
    pub fn remove_image(&mut self, id: ImageId, now: DateTime<Utc>) -> Result<(), Refusal> {
        self.images_may_change()?;
        let place = self.images.iter().position(|image| image.id == id);
        let awaited = self.project.goal.is_some().then(|| self.open_stage()).flatten();
        if let (Some(stage), Some(_), 1) = (awaited, place, self.images.len()) {
            return Err(Refusal::AlreadyProcessing(stage.name()));
        }
        let mut image = self.images.remove(place.ok_or(Refusal::NoSuchImage)?);
        image.state = image.state.removed()?;

        self.push(Task::Erase(image.file.key.clone()), now);
        self.changes.images = true;
        self.changes.removed.push(image);
        self.tell(EventKind::ImageRemoved, now, [("id", id.to_string().into())]);
        Ok(())
    }

    /// Puts the pictures in another order.
    ///
    /// # Errors
    ///
    /// [`Refusal`] unless the order names each picture once, and as for adding.
    pub fn reorder_images(&mut self, order: &[ImageId], now: DateTime<Utc>) -> Result<(), Refusal> {
        self.images_may_change()?;
        let refused = Refusal::NotTheImages(self.images.len());
        let mut left = self.images.clone();
        let mut ordered = Vec::with_capacity(left.len());
        for id in order {
            let place = left.iter().position(|image| image.id == *id);
            ordered.push(left.remove(place.ok_or_else(|| refused.clone())?));
        }
        if !left.is_empty() {
            return Err(refused);
        }

        self.images = ordered;
        self.changes.images = true;
        self.tell(EventKind::ImagesReordered, now, []);
        Ok(())
    }

    fn images_may_change(&self) -> Result<(), Refusal> {
        self.project.status.requested()?;
        match self.open_stage() {
            Some(Stage::Video) => Err(Refusal::AlreadyProcessing(Stage::Video.name())),
            Some(Stage::Lyric | Stage::Song) | None => Ok(()),
        }
    }
}
