//! Songs of which nobody knows whether they were bought, what an admin decides on each, and letters
//! that nobody takes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use castad_stand_ins::{
    StandIns,
    suno::{CallbackFault, Failing, Fault},
};
use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{interval, timeout};

use super::{
    CLIENTS,
    client::{Client, text},
    films,
    member::Member,
    studio::{Database, Studio},
};

/// The longest that time has to be helped.
const LIMIT: Duration = Duration::from_mins(1);
/// How often it is.
const LOOK: Duration = Duration::from_millis(200);
/// For longer than a callback may take.
const TEN_MINUTES: TimeDelta = TimeDelta::minutes(11);
/// How many lose it at a time, and how often.
const FEW: usize = 4;
const WAVES: usize = 3;
const WORDS: &str = "[Verse]\n골목 끝에\n햇살이 참 좋아요\n[Chorus]\n여기서 만나요\n함께 노래해요";

/// What an admin decides on a song, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Adopt,
    GiveUp,
    BuyAgain,
}

use Decision::{Adopt, BuyAgain, GiveUp};

/// A song whose answer was lost.
struct Lost {
    member: Member,
    decision: Decision,
    name: String,
    project: String,
    song: String,
}

/// Some members lose the composer's answer, each in one song; few at a time, because a provider that
/// gives no answer is left alone for a while.
pub(crate) async fn songs(studio: &Arc<Studio>, members: Vec<Member>) {
    let before = studio.stand_ins.suno.purchases().len();
    let database = studio.database().await;
    let admin = members[0].admin(20);
    let mut losing = members.into_iter().take(FEW * WAVES).peekable();
    let mut lost = Vec::new();
    while losing.peek().is_some() {
        let few: Vec<Member> = losing.by_ref().take(FEW).collect();
        for _ in &few {
            let silence = Fault::Generate(Failing::Dropped);
            studio.stand_ins.suno.order([silence, Fault::Callback(CallbackFault::Lost)]);
        }
        let few = join_all(few.into_iter().map(lose)).await;
        over_time(&database, &admin, "unresolved", few.len()).await;
        let purchases = purchases(&studio.stand_ins);
        join_all(few.iter().map(|lost| decide(lost, &purchases))).await;
        lost.extend(few);
    }

    let decided = |decision| lost.iter().filter(|lost| lost.decision == decision).count();
    let purchases = studio.stand_ins.suno.purchases().len();
    assert_eq!(purchases, before + lost.len() + decided(BuyAgain));
    over_time(&database, &admin, "jobs?state=dead", decided(GiveUp)).await;
    letters(&admin, &lost[0].member).await;
    each_is_noted_once(&admin, lost.len(), decided(GiveUp)).await;
    assert_eq!(database.members().await, CLIENTS + 1);
}

/// A song is ordered, and the composer's answer does not come.
async fn lose(member: Member) -> Lost {
    let mut hand = member.hand(20);
    let told = json!({"notify": {"failed": true}});
    hand.change(Method::PATCH, "/v1/account", &told).await;
    let name = format!("라온{:05}점", member.number);
    let brief = json!({"business_name": name, "region": "부산", "language": "ko"});
    let project = text(&hand.ask("/v1/projects", &brief).await, "id").to_owned();
    let path = format!("/v1/projects/{project}");
    let words = json!({"title": name, "text": WORDS});
    hand.change(Method::PUT, &format!("{path}/lyric"), &words).await;
    hand.ask(&format!("{path}/song"), &json!({})).await;
    let seen = hand.until(&project, "song", &["submitting"]).await;
    let song = text(&seen["song"], "id").to_owned();
    let decision = [Adopt, GiveUp, BuyAgain][member.number % 3];
    Lost { member, decision, name, project, song }
}

/// Lets time pass for what waits until so many are listed.
async fn over_time(database: &Database, admin: &Client, list: &str, many: usize) {
    let path = format!("/v1/admin/{list}");
    let path = format!("{path}{}limit=100", if list.contains('?') { '&' } else { '?' });
    let listed = async {
        let mut looks = interval(LOOK);
        while admin.get(&path).await["items"].as_array().unwrap().len() < many {
            database.wait_for_songs(TEN_MINUTES).await;
            for kind in ["submit_song", "send_letter"] {
                database.hurry(kind).await;
            }
            looks.tick().await;
        }
    };
    let listed = timeout(LIMIT, listed).await;
    assert!(listed.is_ok(), "{many} of {list} do not come to be: {}", admin.get(&path).await);
}

/// What the composer calls each song.
fn purchases(stand_ins: &StandIns) -> BTreeMap<String, String> {
    let orders = stand_ins.suno.purchases();
    let titles = orders.iter().map(|order| text(order, "title").to_owned());
    titles.zip(stand_ins.suno.jobs()).collect()
}

async fn decide(lost: &Lost, purchases: &BTreeMap<String, String>) {
    let (mut admin, hand) = (lost.member.admin(21), lost.member.hand(0));
    let (decision, end) = match lost.decision {
        Adopt => {
            let job = &purchases[&lost.name];
            (json!({"decision": "adopt", "provider_job": job}), "ready")
        }
        GiveUp => (json!({"decision": "give_up"}), "failed"),
        BuyAgain => (json!({"decision": "buy_again"}), "ready"),
    };
    admin.ask(&format!("/v1/admin/unresolved/{}", lost.song), &decision).await;
    let ended = hand.until(&lost.project, "song", &[end]).await;
    assert_eq!(ended["song"]["id"], lost.song, "{ended}");

    let told = hand.told().await;
    assert_eq!(told.get("song.unresolved"), Some(&1), "{told:?}");
    assert_eq!(told.get("song.decided"), Some(&1), "{told:?}");
    let charged = if lost.decision == GiveUp { 0 } else { 500 };
    let balance = hand.get("/v1/points/balance").await;
    assert_eq!(balance["available"], films::left(lost.member.number) - charged, "{balance}");
}

/// Letters that nobody took are sent on their way again, each once.
async fn letters(admin: &Client, member: &Member) {
    let mut hand = member.admin(22);
    let dead = admin.get("/v1/admin/jobs?state=dead&limit=100").await;
    for job in dead["items"].as_array().unwrap() {
        assert_eq!(job["task"], "send_letter", "{job}");
        let path = format!("/v1/admin/jobs/{}/replay", text(job, "id"));
        let replayed = hand.ask(&path, &json!({})).await;
        assert_eq!((&replayed["state"], &replayed["attempts"]), (&json!("waiting"), &json!(0)));
    }
    let dead = admin.get("/v1/admin/jobs?state=dead&limit=100").await;
    assert_eq!(dead["items"], json!([]));
}

async fn each_is_noted_once(admin: &Client, decided: usize, replayed: usize) {
    for (kind, many) in [("purchase.decided", decided), ("job.replayed", replayed)] {
        let noted = admin.get(&format!("/v1/admin/actions?action={kind}&limit=100")).await;
        let noted = noted["items"].as_array().unwrap().clone();
        let mut targets: Vec<&Value> = noted.iter().map(|action| &action["target"]).collect();
        targets.sort_by_key(ToString::to_string);
        targets.dedup();
        assert_eq!((noted.len(), targets.len()), (many, many), "{noted:?}");
    }
}
