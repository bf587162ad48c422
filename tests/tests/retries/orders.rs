//! What is ordered while nobody works: it is bought, held, taken back and canceled.

use std::sync::Arc;

use serde_json::json;

use super::{
    client::{Client, text},
    door::Door,
    fair::Fair,
    member::{Chapter, Member, by_two_hands},
    studio::Studio,
};

/// What each is given, and what they use of it in the end.
pub(crate) const GIVEN: i64 = 5_000 - 1;
const USED: i64 = 1_000;

/// Everything that one member orders, and what must have happened to them then; who they are, and the
/// hand that asked last.
pub(crate) async fn orders(
    door: Arc<Door>,
    (studio, fair): (Arc<Studio>, Arc<Fair>),
    number: usize,
    seed: u64,
) -> (Member, Client) {
    let member = Member::join(&door, number, seed).await;
    let mut admin = member.admin(0);
    let grant = json!({"member_id": member.id, "amount": GIVEN + 1, "kind": "bonus"});
    admin.ask("/v1/points/accumulations", &grant).await;

    let chapters: Vec<Chapter<'_>> = vec![
        Box::pin(points(&member)),
        Box::pin(produce_and_cancel(&member)),
        Box::pin(order_as_before(&member)),
        Box::pin(buy(&member, &fair)),
        Box::pin(listen(&member, &studio)),
        Box::pin(hold(&member, &fair)),
        Box::pin(member.logs_in()),
    ];
    by_two_hands(chapters, &mut admin.dice).await;

    let mut last = member.hand(9);
    last.ask("/v1/points/usages", &json!({"order_number": "A-2", "amount": 1})).await;
    prove(&member, &studio).await;
    (member, last)
}

/// What each has once all of that is done.
pub(crate) fn left(number: usize) -> i64 {
    GIVEN - USED - 1 + if pays(number) { 10_000 } else { 0 }
}

/// Every other member pays the order, the others cancel it.
fn pays(number: usize) -> bool {
    number.is_multiple_of(2)
}

async fn points(member: &Member) {
    let (mut hand, mut admin) = (member.hand(1), member.admin(1));
    let grant = json!({"member_id": member.id, "amount": 7, "kind": "bonus"});
    let lot = admin.ask("/v1/points/accumulations", &grant).await;
    let back = format!("/v1/points/accumulations/{}/cancel", text(&lot, "key"));
    admin.ask(&back, &json!({})).await;
    let use_up = json!({"order_number": "A-1", "amount": USED + 200});
    let used = hand.ask("/v1/points/usages", &use_up).await;
    let back = format!("/v1/points/usages/{}/cancel", text(&used, "key"));
    hand.ask(&back, &json!({"amount": 200})).await;
    let owner = admin.get("/v1/account").await;
    let over = json!({"from_member_id": member.id, "to_member_id": owner["id"], "amount": 1});
    admin.ask("/v1/points/transfers", &over).await;
}

async fn produce_and_cancel(member: &Member) {
    let mut hand = member.hand(2);
    let brief = json!({"business_name": "다온카페", "region": "부산", "language": "ko"});
    let id = text(&hand.ask("/v1/projects", &brief).await, "id").to_owned();
    hand.upload(&format!("/v1/projects/{id}/images"), vec![]).await;
    hand.ask(&format!("/v1/projects/{id}/produce"), &json!({})).await;
    hand.ask(&format!("/v1/projects/{id}/cancel"), &json!({})).await;
    let project = hand.get(&format!("/v1/projects/{id}")).await;
    assert_eq!(project["images"].as_array().unwrap().len(), 1, "{project}");
}

/// Words by the earlier face and by their own order, and none of them in the end.
async fn order_as_before(member: &Member) {
    let mut hand = member.hand(3);
    let brief = json!({"customer_name": "다온", "region": "부산", "detail_region_info": "바다"});
    let opened = hand.ask("/project", &brief).await;
    let (task, project) = (text(&opened, "task_id").to_owned(), opened["project_id"].clone());
    let path = format!("/v1/projects/{}", project.as_str().unwrap());
    hand.upload("/project/image", vec![("task_id", task.clone())]).await;
    hand.ask("/v1/quotes", &json!({"project_id": project})).await;
    hand.ask("/lyric/generate", &json!({"task_id": task})).await;
    hand.ask(&format!("{path}/cancel"), &json!({})).await;
    hand.ask(&format!("{path}/lyric"), &json!({})).await;
    hand.ask(&format!("{path}/cancel"), &json!({})).await;
    let project = hand.get(&path).await;
    assert_eq!(project["images"].as_array().unwrap().len(), 1, "{project}");
}

async fn buy(member: &Member, fair: &Fair) {
    let mut hand = member.hand(4);
    let claimed = hand.ask(&format!("/v1/campaigns/{}/claim", fair.campaign), &json!({})).await;
    let coupon = text(&claimed, "coupon_id");
    let order = json!({"pack_id": fair.pack, "coupon_id": coupon});
    let id = text(&hand.ask("/v1/orders", &order).await, "id").to_owned();
    if pays(member.number) {
        hand.ask(&format!("/v1/orders/{id}/pay"), &json!({})).await;
    } else {
        hand.ask(&format!("/v1/orders/{id}/cancel"), &json!({})).await;
        member.admin(4).ask(&format!("/v1/coupons/{coupon}/revoke"), &json!({})).await;
    }
}

/// A key, and a webhook that is told of nothing but that it is tested.
async fn listen(member: &Member, studio: &Studio) {
    let mut hand = member.hand(5);
    hand.ask("/v1/keys", &json!({"name": "둘째"})).await;
    let url = format!("http://{}/{}", studio.receiver.host, member.number);
    let wanted = json!({"url": url, "events": ["settings.changed"]});
    let webhook = hand.ask("/v1/webhooks", &wanted).await;
    let webhook = format!("/v1/webhooks/{}", text(&webhook, "id"));
    let tested = hand.ask(&format!("{webhook}/test"), &json!({})).await;
    assert_eq!(tested["delivered"], true, "{tested}");
    hand.ask(&format!("{webhook}/replay?after=evt_000000000000"), &json!({})).await;
    hand.ask(&format!("{webhook}/rotate"), &json!({})).await;
}

async fn hold(member: &Member, fair: &Fair) {
    let mut hand = member.hand(6);
    let ticket = json!({"channel_id": fair.crowded});
    hand.ask("/v1/queue-tokens", &ticket).await;
    hand.ask(&format!("/v1/slots/{}/hold", fair.slots[member.number]), &json!({})).await;
}

async fn prove(member: &Member, studio: &Studio) {
    const ONCE: &[&str] = &[
        "member.registered",
        "points.accumulation_canceled",
        "points.transferred",
        "coupon.issued",
        "coupon.used",
        "order.created",
        "slot.held",
        "webhook.created",
    ];
    let (hand, paid) = (member.hand(0), pays(member.number));
    let told = hand.told().await;
    let ended: &[&str] = if paid {
        &["order.paid"]
    } else {
        &["order.canceled", "coupon.returned", "coupon.revoked"]
    };
    for kind in ONCE.iter().chain(ended) {
        assert_eq!(told.get(*kind), Some(&1), "{kind}: {told:?}");
    }
    for (kind, times) in [
        ("key.created", member.keys),
        ("points.used", 5),
        ("points.use_canceled", 4),
        ("project.created", 2),
        ("images.added", 2),
        ("lyric.requested", 3),
        ("lyric.canceled", 3),
        ("project.canceled", 3),
        ("points.accumulated", 2 + usize::from(paid)),
    ] {
        assert_eq!(told.get(kind), Some(&times), "{kind}: {told:?}");
    }
    let balance = hand.get("/v1/points/balance").await;
    assert_eq!(balance["available"], left(member.number), "{balance}");
    let calls = studio.receiver.calls(&format!("/{}", member.number));
    assert_eq!(calls, 1, "one test, one call");
}
