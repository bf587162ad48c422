//! What is made: each stage by its own order, some fail and are ordered again, and what comes of it is
//! booked.

use std::sync::Arc;

use castad_stand_ins::{
    StandIns,
    creatomate::{Fate, Order},
    suno::{CallbackFault, Fault},
};
use serde_json::{Value, json};

use super::{
    CLIENTS,
    client::{Client, text},
    fair::Fair,
    member::{Chapter, Member, by_two_hands},
    orders,
    studio::Studio,
    wish::Wish,
};

/// How many films fail.
const FAILING: usize = CLIENTS / 5;
/// What a lyric, a song and a film cost.
const PRICE: i64 = 100 + 500 + 1_000;

/// Films that fail, whosever they are, and callbacks that come twice, in another order, or from others.
pub(crate) fn misbehave(stand_ins: &StandIns) {
    let fails = || Order::Render(Fate::Fails { message: "The font is missing".to_owned() });
    let fates = [Fate::WebhookTwice, Fate::WebhookOutOfOrder, Fate::WebhookForged];
    for n in 0..FAILING {
        let odd = fates[n % fates.len()].clone();
        stand_ins.creatomate.order([Order::Render(odd), fails()]);
    }
    let calls = [CallbackFault::Duplicated, CallbackFault::OutOfOrder, CallbackFault::Forged];
    let odd = (0..CLIENTS / 2).map(|n| Fault::Callback(calls[n % calls.len()]));
    stand_ins.suno.order(odd);
}

/// Everything that one member has made, and what must have happened to them then; how often it failed.
pub(crate) async fn films(
    member: Member,
    (studio, fair): (Arc<Studio>, Arc<Fair>),
) -> (Member, usize) {
    let mut failed = 0;
    let chapters: Vec<Chapter<'_>> = vec![
        Box::pin(async { failed = film(&member, &studio.stand_ins, &fair).await }),
        Box::pin(words_as_before(&member)),
    ];
    by_two_hands(chapters, &mut member.hand(19).dice).await;
    prove(&member, failed).await;
    (member, failed)
}

/// A film stage by stage; how often it failed until it was there.
async fn film(member: &Member, stand_ins: &StandIns, fair: &Fair) -> usize {
    let mut hand = member.hand(11);
    let name = format!("다온{:05}점", member.number);
    let brief = json!({"business_name": name, "region": "부산", "language": "ko"});
    let id = text(&hand.ask("/v1/projects", &brief).await, "id").to_owned();
    let path = format!("/v1/projects/{id}");
    hand.upload(&format!("{path}/images"), vec![]).await;
    for stage in ["lyric", "song"] {
        hand.ask(&format!("{path}/{stage}"), &json!({})).await;
        hand.until(&id, stage, &["ready"]).await;
    }
    call_back(&mut hand, stand_ins, &name).await;

    hand.ask(&format!("{path}/video"), &json!({})).await;
    let mut failed = 0;
    let video = loop {
        let video = hand.until(&id, "video", &["ready", "failed"]).await["video"].take();
        if video["status"] == "ready" {
            break video;
        }
        failed += 1;
        hand.ask(&format!("{path}/retry"), &json!({})).await;
    };
    book(&mut hand, &fair.later[member.number], &video).await;
    failed
}

/// The composer says again and again that the song is done, and does not listen.
async fn call_back(hand: &mut Client, stand_ins: &StandIns, name: &str) {
    let orders = stand_ins.suno.purchases();
    let order = orders.iter().find(|order| order.to_string().contains(name)).unwrap();
    let (_, path) = text(order, "callBackUrl").split_once("/callbacks").unwrap();
    let call = Wish::of_a_stranger(&format!("/callbacks{path}"), json!({}));
    hand.lose(&call).await;
    let told = hand.insist(&call).await;
    assert!([200, 404].contains(&told.status), "{}", told.body);
}

async fn book(hand: &mut Client, slot: &str, video: &Value) {
    let held = hand.ask(&format!("/v1/slots/{slot}/hold"), &json!({})).await;
    let path = format!("/v1/holds/{}", text(&held, "id"));
    let paid = hand.ask(&format!("{path}/pay"), &json!({"video_id": video["id"]})).await;
    assert_eq!(paid["charged_points"], 100, "{paid}");
    let canceled = hand.ask(&format!("{path}/cancel"), &json!({})).await;
    assert_eq!(canceled["returned_points"], 100, "{canceled}");
}

/// Words by the earlier face, which says what is to be there.
async fn words_as_before(member: &Member) {
    let mut hand = member.hand(12);
    let brief = json!({"customer_name": "다온", "region": "부산", "detail_region_info": "바다"});
    let opened = hand.ask("/project", &brief).await;
    hand.ask("/lyric/generate", &json!({"task_id": opened["task_id"]})).await;
    hand.until(text(&opened, "project_id"), "lyric", &["ready"]).await;
}

async fn prove(member: &Member, failed: usize) {
    let hand = member.hand(0);
    let told = hand.told().await;
    for (kind, times) in [
        ("project.created", 4),
        ("images.added", 3),
        ("lyric.requested", 5),
        ("lyric.ready", 2),
        ("song.requested", 1),
        ("song.ready", 1),
        ("video.requested", 1 + failed),
        ("video.ready", 1),
        ("slot.held", 2),
        ("slot.reserved", 1),
        ("slot.canceled", 1),
    ] {
        assert_eq!(told.get(kind), Some(&times), "{kind}: {told:?}");
    }
    assert_eq!(told.get("video.failed").copied().unwrap_or_default(), failed, "{told:?}");
    let balance = hand.get("/v1/points/balance").await;
    assert_eq!(balance["available"], left(member.number), "{balance}");
}

/// What each has once all of that is made.
pub(crate) fn left(number: usize) -> i64 {
    orders::left(number) - PRICE - 100
}

/// What was bought is what was made and what failed, and nothing twice.
pub(crate) fn prove_the_books(stand_ins: &StandIns, failed: usize) {
    assert_eq!(failed, FAILING);
    assert_eq!(stand_ins.suno.purchases().len(), CLIENTS);
    assert_eq!(stand_ins.creatomate.purchases(), CLIENTS + FAILING);
}
