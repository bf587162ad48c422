use std::time::Duration;

use castad_contract::photo::PICTURE;
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::time::interval;

use super::{dice::Dice, fleet::Fleet};

/// What each stage costs.
pub(crate) const PRICES: [(&str, i64); 3] = [("lyric", 100), ("song", 500), ("video", 1_000)];
/// The most that is charged at once.
const CHARGE: i64 = 1_000_000;

/// Somebody who orders productions.
pub(crate) struct Member {
    pub(crate) key: String,
    /// The points that were given.
    pub(crate) given: i64,
}

/// What is to become of a production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is made, if nothing goes wrong.
    Made,
    /// It is canceled so long after it was ordered.
    Canceled(Duration),
    /// It has so many seconds.
    Deadline(usize),
}

impl Fate {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        match dice.below(8) {
            0 => Self::Canceled(Duration::from_millis(dice.below(4_000) as u64)),
            1 => Self::Deadline(1 + dice.below(6)),
            _ => Self::Made,
        }
    }
}

/// A production that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) number: usize,
    /// Which member's it is.
    pub(crate) member: usize,
    pub(crate) project: String,
}

/// How the business of an order is called: words, songs and films of it hold the name.
pub(crate) fn business(n: usize) -> String {
    format!("다온{n:05}점")
}

impl Fleet {
    /// So many new members with so many charges' points each.
    pub(crate) async fn enroll(&self, many: usize, charges: usize, owner: &str) -> Vec<Member> {
        let mut members = Vec::new();
        for n in 0..many {
            let name = format!("member {n}");
            let args = ["create", "--json", "--role", "member", "--member", &name];
            let told: Value = serde_json::from_str(&self.run("keys", &args).await).unwrap();
            let (key, id) = (told["key"].as_str().unwrap(), told["member_id"].as_str().unwrap());
            for n in 0..charges {
                let charge = json!({"member_id": id, "amount": CHARGE, "kind": "charge"});
                let named = format!("charge-{id}-{n}");
                let path = "/v1/points/accumulations";
                let (status, told) = self.send(path, (owner, &named), &charge, &[]).await;
                assert_eq!(status, 201, "{told}");
            }
            let given = i64::try_from(charges).unwrap() * CHARGE;
            members.push(Member { key: key.to_owned(), given });
        }
        members
    }

    /// The owner's key.
    pub(crate) async fn owner(&self) -> String {
        let told: Value =
            serde_json::from_str(&self.run("keys", &["create", "--json"]).await).unwrap();
        told["key"].as_str().unwrap().to_owned()
    }

    /// Opens a project with a picture; its id.
    pub(crate) async fn open(&self, n: usize, key: &str) -> String {
        let brief = json!({
            "business_name": business(n), "region": "부산 해운대", "language": "ko",
            "orientation": "square",
        });
        let named = format!("open-{n}");
        let (status, made) = self.send("/v1/projects", (key, &named), &brief, &[]).await;
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        let form = || Form::new().part("files", Part::bytes(PICTURE.to_vec()).file_name("a.jpg"));
        let (path, named) = (format!("/v1/projects/{id}/images"), format!("picture-{n}"));
        let (status, told) = self.upload(&path, (key, &named), form).await;
        assert_eq!(status, 201, "{told}");
        id
    }

    /// Orders all of it.
    async fn produce(&self, n: usize, project: &str, key: &str, fate: Fate) {
        let deadline = match fate {
            Fate::Deadline(seconds) => vec![("cancel-after", seconds.to_string())],
            Fate::Made | Fate::Canceled(_) => Vec::new(),
        };
        let (path, named) = (format!("/v1/projects/{project}/produce"), format!("produce-{n}"));
        let (status, told) = self.send(&path, (key, &named), &json!({}), &deadline).await;
        assert_eq!(status, 202, "{told}");
    }

    /// Cancels it, if it has not ended.
    pub(crate) async fn cancel(&self, project: &str, key: &str, named: &str) {
        let path = format!("/v1/projects/{project}/cancel");
        let (status, told) = self.send(&path, (key, named), &json!({}), &[]).await;
        assert!(status == 200 || status == 409, "{status}: {told}");
    }

    /// Orders a production from its project on, and cancels it if that is its fate.
    pub(crate) async fn order(&self, n: usize, member: (usize, &str), fate: Fate) -> Order {
        let (member, key) = member;
        let order = Order { number: n, member, project: self.open(n, key).await };
        self.place(&order, key, fate).await;
        order
    }

    /// Orders all of a project, and cancels it if that is its fate.
    pub(crate) async fn place(&self, order: &Order, key: &str, fate: Fate) {
        let Order { number: n, project, .. } = order;
        self.produce(*n, project, key, fate).await;
        if let Fate::Canceled(after) = fate {
            // A period is never nothing; its first tick comes at once.
            let mut wait = interval(after.max(Duration::from_millis(1)));
            wait.tick().await;
            wait.tick().await;
            self.cancel(project, key, &format!("cancel-{n}")).await;
        }
    }

    /// What became of a project.
    pub(crate) async fn look(&self, project: &str, key: &str) -> Value {
        let path = format!("/v1/projects/{project}");
        let (status, told) = self.insist(|| self.request(Method::GET, &path, key)).await;
        assert_eq!(status, 200, "{project} is lost: {told}");
        told
    }

    pub(crate) async fn balance(&self, key: &str) -> i64 {
        let path = "/v1/points/balance";
        let (status, told) = self.insist(|| self.request(Method::GET, path, key)).await;
        assert_eq!(status, 200, "{told}");
        told["available"].as_i64().unwrap()
    }
}

/// What was delivered of a project, in points.
pub(crate) fn delivered(project: &Value) -> i64 {
    let ready = |(stage, _): &&(&str, i64)| project[*stage]["status"] == "ready";
    PRICES.iter().filter(ready).map(|(_, price)| price).sum()
}
