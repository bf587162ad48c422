use castad_tests::Castad;
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Map, Value, json};

/// What somebody has, by what its ids begin with: what a fuzzer would not hit on.
pub(super) struct Things<'a> {
    castad: &'a Castad,
    key: &'a str,
    ids: Map<String, Value>,
}

impl<'a> Things<'a> {
    /// One of each kind, of a member and of an admin.
    pub(super) async fn of_two(castad: &Castad, member: &'a str, admin: &'a str) -> (Value, Value) {
        let mut admins = Things { castad, key: admin, ids: Map::new() };
        let mut members = Things { castad, key: member, ids: Map::new() };
        admins.run_a_shop().await;
        for place in ["pck", "cmp", "chn", "slt"] {
            members.ids.insert(place.to_owned(), admins.ids[place].clone());
        }
        for things in [&mut admins, &mut members] {
            things.make().await;
        }
        for (slot, things) in [&mut members, &mut admins].into_iter().enumerate() {
            let points = json!({"member_id": things.of("mem"), "amount": 100_000, "kind": "bonus"});
            let given = post(castad, admin, "/v1/points/accumulations", &points).await;
            things.keep("lot", &given["key"]);
            things.buy(slot).await;
        }
        for things in [&mut members, &mut admins] {
            things.wait().await;
        }
        (members.ids.into(), admins.ids.into())
    }

    fn keep(&mut self, kind: &str, id: &Value) {
        assert!(id.is_string(), "{kind}: {id}");
        let kept = self.ids.entry(kind.to_owned()).or_insert_with(|| json!([]));
        kept.as_array_mut().unwrap().push(id.clone());
    }

    fn of(&self, kind: &str) -> &str {
        self.ids[kind][0].as_str().unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.castad.stranger(Method::GET, path).bearer_auth(self.key);
        request.send().await.unwrap().json().await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        post(self.castad, self.key, path, &body).await
    }

    /// What only an admin opens.
    async fn run_a_shop(&mut self) {
        let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900});
        let pack = self.post("/v1/packs", pack).await;
        self.keep("pck", &pack["id"]);
        let campaign = json!({
            "name": "개업", "total": 1_000, "discount": {"percent": 10}, "minimum_order": 0,
            "valid_days": 30,
        });
        let campaign = self.post("/v1/campaigns", campaign).await;
        self.keep("cmp", &campaign["id"]);
        for queue in [false, true] {
            let plan = json!({
                "name": "해운대", "dates": ["2099-05-04"], "slots": 40, "price": 1, "queue": queue,
            });
            let channel = self.post("/v1/channels", plan).await;
            self.keep("chn", &channel["id"]);
            let slots = format!("/v1/channels/{}/slots?limit=40", channel["id"].as_str().unwrap());
            for slot in self.get(&slots).await["items"].as_array().unwrap() {
                self.keep("slt", &slot["id"]);
            }
        }
    }

    /// A project that becomes an ad, one with words, a key, a webhook.
    async fn make(&mut self) {
        let mut own = Vec::new();
        for key in self.get("/v1/keys").await["items"].as_array().unwrap() {
            own.push(key["id"].clone());
        }
        self.ids.insert("own".to_owned(), own.into());
        let account = self.get("/v1/account").await;
        self.keep("mem", &account["id"]);
        for _ in 0..2 {
            let brief = json!({
                "business_name": "다온카페", "region": "부산 해운대", "language": "ko",
                "orientation": "square", "seed": 3,
            });
            let project = self.post("/v1/projects", brief).await;
            self.keep("prj", &project["id"]);
        }
        let (ad, draft) =
            (self.of("prj").to_owned(), self.ids["prj"][1].as_str().unwrap().to_owned());
        let picture = Part::bytes(castad_studio::sample_picture(3, 0, None)).file_name("a.jpg");
        let path = format!("/v1/projects/{ad}/images");
        let request = self.castad.stranger(Method::POST, &path).bearer_auth(self.key);
        let added = request.multipart(Form::new().part("files", picture)).send().await.unwrap();
        let added: Value = added.json().await.unwrap();
        self.keep("img", &added["images"][0]["id"]);
        let words = json!({"title": "바다 한 잔", "text": "[Verse]\n해운대 골목 끝"});
        let path = format!("/v1/projects/{draft}/lyric");
        let request = self.castad.stranger(Method::PUT, &path).bearer_auth(self.key);
        assert_eq!(request.json(&words).send().await.unwrap().status(), 200);
        let key = self.post("/v1/keys", json!({"name": "둘째"})).await;
        self.keep("key", &key["id"]);
        let webhook =
            self.post("/v1/webhooks", json!({"url": "https://shop.example/castad"})).await;
        self.keep("whk", &webhook["id"]);
    }

    /// What points and won are spent on, and the ad.
    async fn buy(&mut self, slot: usize) {
        let order = self.post("/v1/orders", json!({"pack_id": self.of("pck")})).await;
        self.keep("ord", &order["id"]);
        let claim = format!("/v1/campaigns/{}/claim", self.of("cmp"));
        let coupon = self.post(&claim, json!({})).await;
        self.keep("cpn", &coupon["coupon_id"]);
        let usage =
            self.post("/v1/points/usages", json!({"order_number": "A-1", "amount": 10})).await;
        self.keep("use", &usage["key"]);
        let hold = format!("/v1/slots/{}/hold", self.ids["slt"][slot].as_str().unwrap());
        let held = self.post(&hold, json!({})).await;
        self.keep("hld", &held["id"]);
        let queue = json!({"channel_id": self.ids["chn"][1]});
        let token = self.post("/v1/queue-tokens", queue).await;
        self.keep("qtk", &token["token"]);
        let produce = format!("/v1/projects/{}/produce", self.of("prj"));
        self.post(&produce, json!({})).await;
    }

    async fn wait(&mut self) {
        let path = format!("/v1/projects/{}", self.of("prj"));
        let mut project = self.get(&path).await;
        while project["status"] == "producing" {
            let events = self.castad.stranger(Method::GET, &format!("{path}/events"));
            let events = events.bearer_auth(self.key).header("accept", "text/event-stream");
            drop(events.send().await.unwrap().chunk().await);
            project = self.get(&path).await;
        }
        assert_eq!(project["status"], "finished", "{project}");
        for (kind, stage) in [("lyr", "lyric"), ("sng", "song"), ("vid", "video")] {
            self.keep(kind, &project[stage]["id"]);
        }
    }
}

async fn post(castad: &Castad, key: &str, path: &str, body: &Value) -> Value {
    let sent = castad.stranger(Method::POST, path).bearer_auth(key).json(body).send();
    let answer = sent.await.unwrap();
    let (status, told) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {told}");
    told
}
