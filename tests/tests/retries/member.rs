use std::sync::Arc;

use futures_util::future::{BoxFuture, join};
use reqwest::{Method, header};
use serde_json::{Value, json};

use super::{
    client::{Client, text},
    dice::Dice,
    door::Door,
    wish::Wish,
};

/// Something that a member does from its beginning to its end.
pub(crate) type Chapter<'a> = BoxFuture<'a, ()>;

/// Does chapters in an order that the dice decide, two of them at a time.
pub(crate) async fn by_two_hands(mut chapters: Vec<Chapter<'_>>, dice: &mut Dice) {
    let mut hands = [Vec::new(), Vec::new()];
    while !chapters.is_empty() {
        let next = chapters.swap_remove(dice.below(chapters.len()));
        hands[dice.below(2)].push(next);
    }
    let one_after_the_other = async |chapters: Vec<Chapter<'_>>| {
        for chapter in chapters {
            chapter.await;
        }
    };
    let [left, right] = hands.map(one_after_the_other);
    join(left, right).await;
}

/// One of the hundred.
pub(crate) struct Member {
    pub(crate) number: usize,
    pub(crate) id: String,
    /// How many keys are made for them later: one more where they did not hear of their first.
    pub(crate) keys: usize,
    door: Arc<Door>,
    key: String,
    email: String,
    seed: u64,
}

const PASSWORD: &str = "long enough";

impl Member {
    /// Joins: an address does so once, and whoever does not hear of the key logs in and makes another.
    pub(crate) async fn join(door: &Arc<Door>, number: usize, seed: u64) -> Self {
        let email = format!("m{number}@example.com");
        let mut stranger = Client::of(door, "", String::new(), Dice::of(seed, hand(number, 0)));
        let join = json!({"email": email, "password": PASSWORD, "name": "다온"});
        let join = Wish::of_a_stranger("/v1/members", join);
        stranger.lose(&join).await;
        let joined = stranger.insist(&join).await;
        let (key, keys) = if joined.status == 201 {
            (text(&joined.body, "key").to_owned(), 1)
        } else {
            assert_eq!(joined.body["code"], "duplicate_email", "{}", joined.body);
            (another_key(&mut stranger, &email).await, 2)
        };
        let again = stranger.insist(&join).await;
        assert_eq!(again.body["code"], "duplicate_email", "{}", again.body);
        let known = Client::of(door, &key, String::new(), Dice::of(seed, 0));
        let id = text(&known.get("/v1/account").await, "id").to_owned();
        Self { number, id, keys, door: Arc::clone(door), key, email, seed }
    }

    /// A hand of theirs, which gives what it asks for names of its own.
    pub(crate) fn hand(&self, chapter: usize) -> Client {
        let dice = Dice::of(self.seed, hand(self.number, chapter));
        Client::of(&self.door, &self.key, format!("chapter-{chapter}"), dice)
    }

    /// An admin's hand that does something for them: an admin's names are the admin's.
    pub(crate) fn admin(&self, chapter: usize) -> Client {
        let dice = Dice::of(self.seed, hand(self.number, chapter + 50));
        let name = format!("for-{}-{chapter}", self.number);
        Client::of(&self.door, &self.door.key, name, dice)
    }

    /// Every log-in is one of its own: each opens, and one that ends takes no other with it.
    pub(crate) async fn logs_in(&self) {
        let mut hand = self.hand(8);
        let log_in = log_in(&self.email);
        hand.lose(&log_in).await;
        let (first, second) =
            (session(&mut hand, &log_in).await, session(&mut hand, &log_in).await);
        assert_ne!(first, second);
        for session in [&first, &second] {
            assert_eq!(self.opens(session).await, Some(self.id.clone()));
        }
        let end = self.door.stranger(Method::DELETE, "/v1/sessions");
        assert_eq!(end.header(header::COOKIE, &first).send().await.unwrap().status(), 204);
        assert_eq!(self.opens(&first).await, None);
        assert_eq!(self.opens(&second).await, Some(self.id.clone()));
    }

    /// Whose session it is.
    async fn opens(&self, session: &str) -> Option<String> {
        let request = self.door.stranger(Method::GET, "/v1/account");
        let told = request.header(header::COOKIE, session).send().await.unwrap();
        let told: Value = told.json().await.unwrap();
        told["id"].as_str().map(str::to_owned)
    }
}

/// Which dice are thrown by a hand.
fn hand(number: usize, chapter: usize) -> u64 {
    1 + u64::try_from(number * 100 + chapter).unwrap()
}

fn log_in(email: &str) -> Wish {
    Wish::of_a_stranger("/v1/sessions", json!({"email": email, "password": PASSWORD}))
}

/// The cookie of a log-in.
async fn session(hand: &mut Client, log_in: &Wish) -> String {
    let told = hand.insist(log_in).await;
    assert_eq!(told.status, 201, "{}", told.body);
    let cookie = told.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    cookie.unwrap().split(';').next().unwrap().to_owned()
}

async fn another_key(stranger: &mut Client, email: &str) -> String {
    let session = session(stranger, &log_in(email)).await;
    let mut wish = Wish::of_a_stranger("/v1/keys", json!({"name": "another"}));
    wish.head = format!("Cookie: {session}\r\n");
    let made = stranger.insist(&wish).await;
    text(&made.body, "key").to_owned()
}
