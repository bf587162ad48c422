use castad_domain::{
    model::{Answer, EventKind, Fingerprint, IdempotencyKey, MemberId, Stage},
    usecase::{
        Begun, Housekeeping, OrderError, REPLIES_KEPT, Recall, RecallError, Receipt, RequestStage,
    },
};
use chrono::TimeDelta;

use crate::stage::Studio;

fn answer(begun: &Begun) -> Answer {
    let body = begun.production.lyric().map(|lyric| lyric.id.to_string()).unwrap_or_default();
    Answer { status: 202, location: None, body }
}

fn receipt(key: &str) -> Receipt<'static, Begun> {
    let key = IdempotencyKey::parse(key).unwrap();
    Receipt { key, fingerprint: Fingerprint([1; 32]), answer: &answer }
}

async fn recall(studio: &Studio, print: u8) -> Result<Option<Answer>, RecallError> {
    let key = IdempotencyKey::parse("a").unwrap();
    Recall::new(&studio.ports).run(studio.member, &key, Fingerprint([print; 32])).await
}

#[tokio::test]
async fn the_answer_is_kept_with_the_effect() {
    let studio = Studio::bare().await;
    assert_eq!(recall(&studio, 1).await.unwrap(), None);
    let request = RequestStage::new(&studio.ports);
    let made = request.run(Stage::Lyric, studio.order(), Some(receipt("a"))).await.unwrap();
    assert_eq!(recall(&studio, 1).await.unwrap(), Some(answer(&made)));
    assert!(matches!(recall(&studio, 2).await, Err(RecallError::Mismatch)));
    let other = MemberId::from_bits(99);
    let key = IdempotencyKey::parse("a").unwrap();
    let theirs = Recall::new(&studio.ports).run(other, &key, Fingerprint([2; 32])).await;
    assert_eq!(theirs.unwrap(), None, "names are each member's own");
}

#[tokio::test]
async fn a_request_that_was_carried_out_is_not_carried_out_again() {
    let studio = Studio::bare().await;
    let request = RequestStage::new(&studio.ports);
    request.run(Stage::Lyric, studio.order(), Some(receipt("a"))).await.unwrap();
    studio.work().await;
    let again = request.run(Stage::Lyric, studio.order(), Some(receipt("a"))).await;
    assert!(matches!(again, Err(OrderError::Repeated)));
    assert_eq!(studio.told(EventKind::LyricRequested).await, 1);
}

#[tokio::test]
async fn a_refused_request_leaves_its_name_free() {
    let studio = Studio::bare().await;
    let request = RequestStage::new(&studio.ports);
    assert!(request.run(Stage::Song, studio.order(), Some(receipt("a"))).await.is_err());
    assert_eq!(recall(&studio, 1).await.unwrap(), None);
    assert!(request.run(Stage::Lyric, studio.order(), Some(receipt("a"))).await.is_ok());
}

#[tokio::test]
async fn an_answer_is_forgotten_after_its_time() {
    let studio = Studio::bare().await;
    let request = RequestStage::new(&studio.ports);
    request.run(Stage::Lyric, studio.order(), Some(receipt("a"))).await.unwrap();
    studio.work().await;
    studio.memory.clock().advance(REPLIES_KEPT + TimeDelta::seconds(1));
    assert_eq!(recall(&studio, 2).await.unwrap(), None);
    request.run(Stage::Lyric, studio.order(), Some(receipt("a"))).await.unwrap();
    assert!(recall(&studio, 1).await.unwrap().is_some());
    assert_eq!(Housekeeping::new(&studio.ports).run().await.unwrap(), 0);
    studio.memory.clock().advance(REPLIES_KEPT + TimeDelta::seconds(1));
    assert_eq!(Housekeeping::new(&studio.ports).run().await.unwrap(), 1);
}
