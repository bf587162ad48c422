use std::sync::Arc;

use bytes::Bytes;
use castad_contract::doubtful;
use castad_domain::{
    model::{ImageId, Refusal, Task},
    port::{MediaStore, WorkQueue},
    usecase::{AddImages, AddImagesError, OrderError, RemoveImage, ReorderImages},
};
use chrono::TimeDelta;

use crate::stage::{Studio, picture};

#[tokio::test]
async fn pictures_keep_the_order_they_are_put_in() {
    let studio = Studio::bare().await;
    let mut order: Vec<ImageId> =
        studio.add_pictures(3).await.images().iter().map(|image| image.id).collect();
    order.rotate_left(1);
    let reorder = ReorderImages::new(&studio.ports);
    reorder.run(studio.member, studio.project, order.clone(), None).await.unwrap();
    let kept: Vec<_> = studio.production().await.images().iter().map(|image| image.id).collect();
    assert_eq!(kept, order);

    for wrong in [order[..2].to_vec(), [&order[..2], &order[..1]].concat()] {
        let refused = reorder.run(studio.member, studio.project, wrong, None).await;
        assert!(matches!(refused, Err(OrderError::Refused(Refusal::NotTheImages(3)))));
    }
}

#[tokio::test]
async fn a_picture_that_is_taken_out_is_erased_in_time() {
    let studio = Studio::fresh().await;
    let first = studio.production().await.images()[0].clone();
    let remove = RemoveImage::new(&studio.ports);
    remove.run(studio.member, studio.project, first.id, None).await.unwrap();
    assert_eq!(studio.production().await.images().len(), 1);
    assert!(studio.memory.media().read(&first.file.key, None).await.unwrap().is_some());
    studio.work().await;
    assert!(studio.memory.media().read(&first.file.key, None).await.unwrap().is_none());

    let again = remove.run(studio.member, studio.project, first.id, None).await;
    assert!(matches!(again, Err(OrderError::Refused(Refusal::NoSuchImage))));
}

#[tokio::test]
async fn the_last_picture_of_a_production_that_goes_on_to_a_video_stays() {
    let studio = Studio::bare().await;
    let only = studio.add_pictures(1).await.images()[0].id;
    studio.produce().await;
    let refused =
        RemoveImage::new(&studio.ports).run(studio.member, studio.project, only, None).await;
    assert!(matches!(refused, Err(OrderError::Refused(Refusal::AlreadyProcessing("lyric")))));
}

#[tokio::test]
async fn too_many_pictures_are_refused_and_not_kept() {
    let studio = Studio::bare().await;
    studio.add_pictures(19).await;
    let adding = AddImages::new(&studio.ports);
    let images =
        vec![adding.take(0, picture()).await.unwrap(), adding.take(1, picture()).await.unwrap()];
    let keys: Vec<_> = images.iter().map(|image| image.file.key.clone()).collect();
    let refused = adding.run(studio.member, studio.project, images, None).await;
    assert!(matches!(
        refused,
        Err(OrderError::Refused(Refusal::TooManyImages { found: 21, most: 20 }))
    ));
    for key in keys {
        assert!(studio.memory.media().read(&key, None).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_file_that_is_no_picture_is_named_by_its_place() {
    let studio = Studio::bare().await;
    let taken = AddImages::new(&studio.ports).take(4, Bytes::from_static(b"<html>")).await;
    assert!(matches!(taken, Err(AddImagesError::Photo { index: 4, .. })));
}

#[tokio::test]
async fn a_file_that_cannot_be_erased_is_set_aside_for_a_person() {
    let studio = Studio::fresh().await;
    let first = studio.production().await.images()[0].clone();
    RemoveImage::new(&studio.ports)
        .run(studio.member, studio.project, first.id, None)
        .await
        .unwrap();
    let queue = studio.memory.queue();
    let now = studio.ports.clock.now();
    let claim = queue.claim(now, now + TimeDelta::seconds(9)).await.unwrap().unwrap();
    assert_eq!(claim.work.task, Task::Erase(first.file.key));
    queue.bury(&claim, "the media store does not answer").await.unwrap();
    assert_eq!(queue.counts().await.unwrap().dead, 1);
}

#[tokio::test]
async fn pictures_that_may_have_been_added_keep_their_files() {
    let studio = Studio::bare().await;
    let mut ports = studio.ports.clone();
    ports.store = doubtful(Arc::clone(&ports.store));
    let adding = AddImages::new(&ports);
    let image = adding.take(0, picture()).await.unwrap();
    let end = adding.run(studio.member, studio.project, vec![image.clone()], None).await;
    assert!(matches!(end, Err(OrderError::Store(_))));
    assert_eq!(studio.production().await.images()[0], image);
    assert!(studio.memory.media().read(&image.file.key, None).await.unwrap().is_some());
}
