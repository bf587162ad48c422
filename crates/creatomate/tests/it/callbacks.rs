use castad_contract::make;
use castad_creatomate::{Settings, Version};
use castad_domain::{
    model::{AttemptToken, Orientation, ProviderJob},
    port::{LookUp, Maker, MakerStatus, ProviderErrorKind},
};
use castad_stand_ins::creatomate::{Fate, Fault, Order, Pace};

use crate::desk::{Desk, order};

async fn public(fates: &[Fate]) -> Desk {
    let desk =
        Desk::changed(|settings, shelf| Settings { callbacks: Some(shelf.url()), ..settings })
            .await;
    desk.stand_ins.creatomate.order(fates.iter().cloned().map(Order::Render));
    desk
}

fn attempt() -> AttemptToken {
    order(1, Orientation::Square).attempt
}

#[tokio::test]
async fn a_webhook_comes_to_the_address_of_its_attempt_and_names_its_job() {
    for (fate, count) in
        [(None, 1), (Some(Fate::WebhookTwice), 2), (Some(Fate::WebhookOutOfOrder), 2)]
    {
        let desk = public(fate.as_slice()).await;
        let job = desk.made().await;
        let posted = desk.shelf.posted();
        assert_eq!(posted.len(), count, "{fate:?}");
        for (path, message) in posted {
            assert_eq!(path, format!("/callbacks/creatomate/{}", attempt()));
            assert_eq!(desk.renderer.told(&message), Some(job.clone()), "{fate:?}");
        }
        assert_eq!(desk.stand_ins.creatomate.webhooks(), vec![204; count]);
    }
}

#[tokio::test]
async fn a_render_that_nobody_looks_at_calls_when_it_is_done() {
    let desk = public(&[]).await;
    desk.stand_ins.creatomate.pace(Pace::TakesMs(1));
    let job = desk.start().await.unwrap();
    desk.shelf.post().await;
    assert_eq!(desk.renderer.status(&job).await.unwrap(), MakerStatus::Done);
}

#[tokio::test]
async fn a_message_that_names_no_job_is_no_reason_to_ask() {
    let desk = Desk::open(Version::V2).await;
    for message in
        ["", "{}", "[]", "no json", r#"{"id": 7}"#, r#"{"id": ""}"#, r#"{"id": "../../x"}"#]
    {
        assert_eq!(desk.renderer.told(message.as_bytes()), None, "{message}");
    }
}

#[tokio::test]
async fn a_render_whose_answer_was_lost_is_found_by_what_its_webhook_names() {
    let desk = public(&[]).await;
    desk.stand_ins.creatomate.order([Order::Create(Fault::DroppedAfter)]);
    assert_eq!(desk.start().await.unwrap_err().kind(), ProviderErrorKind::Unknown);
    assert_eq!(desk.renderer.look_up(attempt(), None).await.unwrap(), LookUp::CannotTell);

    let job = ProviderJob::new(desk.stand_ins.creatomate.renders()[0].clone());
    desk.finish(&job).await;
    let told = desk.renderer.told(&desk.shelf.posted()[0].1).unwrap();
    let found = desk.renderer.look_up(attempt(), Some(told)).await.unwrap();
    assert_eq!(found, LookUp::Found(job));
    assert_eq!(desk.purchases(), 1);
}

#[tokio::test]
async fn a_job_of_another_attempt_or_of_none_is_not_found() {
    let desk = public(&[Fate::WebhookForged]).await;
    let job = desk.made().await;
    let other = AttemptToken::from_bits(make::bits(77));
    let looked = desk.renderer.look_up(other, Some(job.clone())).await.unwrap();
    assert_eq!(looked, LookUp::CannotTell, "it is of another attempt");

    let forged = desk.renderer.told(&desk.shelf.posted()[0].1).unwrap();
    assert_ne!(forged, job);
    let looked = desk.renderer.look_up(attempt(), Some(forged)).await.unwrap();
    assert_eq!(looked, LookUp::CannotTell, "there is no such render");

    let nonsense = Some(ProviderJob::new("../templates/x"));
    let looked = desk.renderer.look_up(attempt(), nonsense).await.unwrap();
    assert_eq!(looked, LookUp::CannotTell);
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_told_from_one_that_does_not_know() {
    let desk = Desk::open(Version::V2).await;
    let job = desk.start().await.unwrap();
    desk.stand_ins.creatomate.order([Order::Look(Fault::ServerError)]);
    let error = desk.renderer.look_up(attempt(), Some(job.clone())).await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Busy);
    let found = desk.renderer.look_up(attempt(), Some(job.clone())).await.unwrap();
    assert_eq!(found, LookUp::Found(job));
}
