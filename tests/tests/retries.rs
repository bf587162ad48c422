//! A hundred clients who send each POST again and again, and often do not hear what came of it: each
//! effect is there once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use castad_tests::{Castad, Folder};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CLIENTS: usize = 100;

/// Routes that take a POST and are not asked here, with why not.
const ELSEWHERE: &[(&str, &str)] = &[
    ("/callbacks/{provider}/{token}", "a hint that may come as often as it likes"),
    ("/project/image", "the earlier face, over the same use case"),
    ("/v1/admin/jobs/{id}/replay", "only what was set aside is replayed"),
    ("/v1/admin/unresolved/{id}", "a decision is taken by one"),
    ("/v1/holds/{id}/pay", "needs a film; raced in its own suite"),
    ("/v1/members", "nobody is there yet whose key it could be: an address joins once"),
    ("/v1/projects/{id}/retry", "needs a failure; the storm retries"),
    ("/v1/projects/{id}/song", "needs words; ordered by produce"),
    ("/v1/projects/{id}/video", "needs a song; ordered by produce"),
    ("/v1/webhooks/{id}/test", "calls each time that it is asked to"),
    ("/v1/sessions", "every log-in is one of its own"),
    ("/v1/holds/{id}/cancel", "needs a paid slot; raced in its own suite"),
];

/// Every address that was asked.
static ASKED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn note(path: &str) {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    ASKED.lock().unwrap().insert(path.to_owned());
}

/// A new route that takes a POST is asked here, or says why not.
fn assert_that_none_is_forgotten() {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let asked = ASKED.lock().unwrap().clone();
    for (route, methods) in document["paths"].as_object().unwrap() {
        let is_asked = asked.iter().any(|path| is_of(path, route));
        let elsewhere = ELSEWHERE.iter().any(|(known, _)| known == route);
        let posts = methods.get("post").is_some();
        assert!(!posts || is_asked || elsewhere, "{route} takes a POST and is not asked");
        assert!(posts || !elsewhere, "{route} takes no POST");
        assert!(!(is_asked && elsewhere), "{route} is asked after all");
    }
}

fn is_of(path: &str, route: &str) -> bool {
    let (parts, pattern): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), route.split('/').collect());
    let fits = |(part, known): (&&str, &&str)| part == known || known.starts_with('{');
    parts.len() == pattern.len() && parts.iter().zip(&pattern).all(fits)
}

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// One who asks with a key of their own.
struct Client {
    castad: Arc<Castad>,
    key: String,
    dice: Dice,
    asked: usize,
}

impl Client {
    fn of(castad: &Arc<Castad>, key: &str, seed: u64) -> Self {
        Self { castad: Arc::clone(castad), key: key.to_owned(), dice: Dice(seed), asked: 0 }
    }

    /// Asks under one name until an answer is heard: some go away at once, some half-way through.
    async fn ask(&mut self, path: &str, body: &Value) -> Value {
        self.asked += 1;
        note(path);
        let name = format!("{}-{}", &self.key[self.key.len() - 8..], self.asked);
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: castad\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: {name}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.key,
            body.len()
        );
        for _ in 0..self.dice.roll(3) {
            let whole = self.dice.roll(4) > 0;
            let sent = if whole { head.len() } else { head.len() / 2 };
            let mut stream = self.connect().await;
            stream.write_all(&head.as_bytes()[..sent]).await.unwrap();
            if whole && self.dice.roll(2) == 0 {
                let mut first = [0; 1];
                stream.read_exact(&mut first).await.ok();
            }
        }
        let mut heard = None;
        while heard.is_none() {
            heard = self.hear(&head).await;
        }
        let answer = heard.unwrap();
        let again = self.hear(&head).await.unwrap();
        if ["/v1/keys", "/v1/webhooks"].contains(&path) || path.ends_with("/rotate") {
            // A secret is told once: whoever has not heard it makes another one.
            assert_eq!(answer["id"], again["id"]);
        } else {
            assert_eq!(answer, again, "{path} answers it again");
        }
        answer
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.castad.url.strip_prefix("http://").unwrap()).await.unwrap()
    }

    /// What a success says; nothing while the same request is still being carried out, or others are
    /// at the same thing.
    async fn hear(&self, request: &str) -> Option<Value> {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status: u16 = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body: Value = serde_json::from_str(body).unwrap();
        if (200..300).contains(&status) {
            return Some(body);
        }
        // The earlier face has problems of its own kind.
        let earlier = body.get("retryable").is_none() && [409, 429, 503].contains(&status);
        assert!(earlier || body["retryable"] == true, "{request}\n{answer}");
        None
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.castad.stranger(Method::GET, path).bearer_auth(&self.key);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// How often each thing happened to this member.
    async fn told(&self) -> BTreeMap<String, usize> {
        let (mut told, mut after) = (BTreeMap::new(), String::new());
        loop {
            let page = self.get(&format!("/v1/events?limit=100{after}")).await;
            for event in page["items"].as_array().unwrap() {
                *told.entry(event["type"].as_str().unwrap().to_owned()).or_default() += 1;
            }
            let Some(next) = page["next"].as_str() else { return told };
            after = format!("&after={next}");
        }
    }
}

fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("{name} of {answer}"))
}

/// What an admin puts up for all of them, asked as often as everything else.
struct Fair {
    campaign: String,
    pack: String,
    /// A channel before which everybody stands in a queue.
    crowded: String,
    /// Those of another one.
    slots: Vec<String>,
}

async fn put_up(admin: &mut Client) -> Fair {
    let total = CLIENTS;
    let campaign = json!({
        "name": "개업", "total": total, "discount": {"percent": 10}, "minimum_order": 0, "valid_days": 30,
    });
    for chore in ["expirations", "reconciliation", "jobs/replay"] {
        admin.ask(&format!("/v1/admin/{chore}"), &json!({})).await;
    }
    for decision in ["pause", "resume"] {
        admin.ask(&format!("/v1/admin/providers/song/{decision}"), &json!({})).await;
    }
    let campaign = text(&admin.ask("/v1/campaigns", &campaign).await, "id").to_owned();
    let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900, "stock": total});
    let pack = text(&admin.ask("/v1/packs", &pack).await, "id").to_owned();
    let mut channel = json!({"name": "옥상", "dates": ["2099-05-01"], "slots": total, "price": 100, "queue": true});
    let crowded = text(&admin.ask("/v1/channels", &channel).await, "id").to_owned();
    channel["queue"] = json!(false);
    let channel = text(&admin.ask("/v1/channels", &channel).await, "id").to_owned();
    let page = admin.get(&format!("/v1/channels/{channel}/slots?date=2099-05-01&limit=100")).await;
    let slots = page["items"].as_array().unwrap().iter().map(|slot| text(slot, "id").to_owned());
    Fair { campaign, pack, crowded, slots: slots.collect() }
}

/// Everything that one member does, and what must have happened to them then.
async fn story(castad: Arc<Castad>, fair: Arc<Fair>, number: usize) {
    let join = json!({"email": format!("m{number}@example.com"), "password": "long enough", "name": "다온"});
    let joined = castad.stranger(Method::POST, "/v1/members").json(&join).send().await.unwrap();
    let joined: Value = joined.json().await.unwrap();
    let seed = u64::try_from(number).unwrap();
    let mut member = Client::of(&castad, text(&joined, "key"), seed);
    let mut admin = Client::of(&castad, castad.key(), 1_000 + seed);
    // An admin's names are the admin's: each client asks under other ones.
    admin.asked = 1_000 * (number + 1);

    let grant = |amount| json!({"member_id": joined["id"], "amount": amount, "kind": "bonus"});
    admin.ask("/v1/points/accumulations", &grant(5_000)).await;
    let lot = admin.ask("/v1/points/accumulations", &grant(7)).await;
    let back = format!("/v1/points/accumulations/{}/cancel", text(&lot, "key"));
    admin.ask(&back, &json!({})).await;
    let use_up = json!({"order_number": "A-1", "amount": 1_200});
    let used = member.ask("/v1/points/usages", &use_up).await;
    let back = format!("/v1/points/usages/{}/cancel", text(&used, "key"));
    member.ask(&back, &json!({"amount": 200})).await;
    let owner = admin.get("/v1/account").await;
    let over = json!({"from_member_id": joined["id"], "to_member_id": owner["id"], "amount": 1});
    admin.ask("/v1/points/transfers", &over).await;

    produce_and_cancel(&mut member).await;
    order_as_before(&mut member).await;
    buy(&mut member, &mut admin, &fair, number).await;
    member.ask("/v1/keys", &json!({"name": "둘째"})).await;
    let webhook = member.ask("/v1/webhooks", &json!({"url": "https://shop.example/"})).await;
    let webhook = format!("/v1/webhooks/{}", text(&webhook, "id"));
    member.ask(&format!("{webhook}/replay?after=evt_000000000000"), &json!({})).await;
    member.ask(&format!("{webhook}/rotate"), &json!({})).await;
    hold(&mut member, &fair, number).await;

    prove(&member, pays(number)).await;
}

/// Every other member pays the order, the others cancel it.
fn pays(number: usize) -> bool {
    number.is_multiple_of(2)
}

async fn prove(member: &Client, paid: bool) {
    const ONCE: &[&str] = &[
        "points.accumulation_canceled",
        "points.transferred",
        "images.added",
        "coupon.issued",
        "coupon.used",
        "order.created",
        "key.created",
        "slot.held",
        "webhook.created",
    ];
    let told = member.told().await;
    let ended: &[&str] = if paid {
        &["order.paid"]
    } else {
        &["order.canceled", "coupon.returned", "coupon.revoked"]
    };
    for kind in ONCE.iter().chain(ended) {
        assert_eq!(told.get(*kind), Some(&1), "{kind}: {told:?}");
    }
    for (kind, times) in [
        ("project.created", 2),
        ("lyric.requested", 3),
        ("lyric.canceled", 3),
        ("project.canceled", 3),
    ] {
        assert_eq!(told.get(kind), Some(&times), "{kind}: {told:?}");
    }
    assert_eq!(told.get("points.accumulated"), Some(&(2 + usize::from(paid))), "{told:?}");
    let bought = if paid { 10_000 } else { 0 };
    let balance = member.get("/v1/points/balance").await;
    assert_eq!(balance["available"], 5_000 - 1_200 + 200 - 1 + bought, "{balance}");
}

async fn produce_and_cancel(member: &mut Client) {
    let brief = json!({"business_name": "다온카페", "region": "부산", "language": "ko"});
    let id = text(&member.ask("/v1/projects", &brief).await, "id").to_owned();
    picture(member, &id).await;
    member.ask(&format!("/v1/projects/{id}/produce"), &json!({})).await;
    member.ask(&format!("/v1/projects/{id}/cancel"), &json!({})).await;
}

/// Words by the earlier face and by their own order, and none of them in the end.
async fn order_as_before(member: &mut Client) {
    let brief = json!({"customer_name": "다온", "region": "부산", "detail_region_info": "바다"});
    let opened = member.ask("/project", &brief).await;
    let (task, project) = (text(&opened, "task_id").to_owned(), opened["project_id"].clone());
    let path = format!("/v1/projects/{}", project.as_str().unwrap());
    member.ask("/v1/quotes", &json!({"project_id": project})).await;
    member.ask("/lyric/generate", &json!({"task_id": task})).await;
    member.ask(&format!("{path}/cancel"), &json!({})).await;
    member.ask(&format!("{path}/lyric"), &json!({})).await;
    member.ask(&format!("{path}/cancel"), &json!({})).await;
}

/// The same picture three times under one name, each time between other boundaries.
async fn picture(member: &Client, id: &str) {
    use reqwest::multipart::{Form, Part};
    let path = format!("/v1/projects/{id}/images");
    note(&path);
    for _ in 0..3 {
        let picture = Part::bytes(castad_studio::sample_picture(3, 0, None)).file_name("a.jpg");
        let request = member.castad.stranger(Method::POST, &path).bearer_auth(&member.key);
        let request = request.header("idempotency-key", "picture");
        let sent = request.multipart(Form::new().part("files", picture)).send().await.unwrap();
        assert_eq!(sent.status(), 201);
    }
}

async fn buy(member: &mut Client, admin: &mut Client, fair: &Fair, number: usize) {
    let claimed = member.ask(&format!("/v1/campaigns/{}/claim", fair.campaign), &json!({})).await;
    let coupon = text(&claimed, "coupon_id");
    let order = json!({"pack_id": fair.pack, "coupon_id": coupon});
    let id = text(&member.ask("/v1/orders", &order).await, "id").to_owned();
    if pays(number) {
        member.ask(&format!("/v1/orders/{id}/pay"), &json!({})).await;
    } else {
        member.ask(&format!("/v1/orders/{id}/cancel"), &json!({})).await;
        admin.ask(&format!("/v1/coupons/{coupon}/revoke"), &json!({})).await;
    }
}

async fn hold(member: &mut Client, fair: &Fair, number: usize) {
    let ticket = json!({"channel_id": fair.crowded});
    member.ask("/v1/queue-tokens", &ticket).await;
    let path = format!("/v1/slots/{}/hold", fair.slots[number]);
    note(&path);
    let request = member.castad.stranger(Method::POST, &path).bearer_auth(&member.key);
    for _ in 0..3 {
        let again = request.try_clone().unwrap().header("idempotency-key", "slot").json(&json!({}));
        let held = again.send().await.unwrap();
        assert_eq!(held.status(), 201, "{}", held.text().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_clients_who_lose_answers_have_each_effect_once() {
    let folder = Folder::new();
    let castad =
        Arc::new(Castad::start_idle(folder.path(), &[("CASTAD_PAYMENTS", "stand-in")]).await);
    let mut admin = Client::of(&castad, castad.key(), 7);
    let fair = Arc::new(put_up(&mut admin).await);
    let clients = (0..CLIENTS).map(|n| tokio::spawn(story(castad.clone(), fair.clone(), n)));
    for ended in join_all(clients).await {
        ended.unwrap();
    }
    assert_that_none_is_forgotten();
    let mut audit = Castad::command(folder.path());
    let audited = audit.arg("audit").output().await.unwrap();
    assert!(audited.status.success(), "{}", String::from_utf8_lossy(&audited.stdout));
}
