//! Members are told by mail: the built program, and a mail server that is somebody else's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use castad_contract::{Arrived, PostOffice};
use castad_tests::{Castad, Folder, missing, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::time::{interval, timeout};

/// The longest that anything here may take.
const LIMIT: Duration = Duration::from_mins(3);

fn main() {
    let missing = missing("python", &["python3", "-c", "import venv, ensurepip"]);
    let trial = |name: &str, run: fn()| {
        let run = move || -> Result<(), Failed> {
            run();
            Ok(())
        };
        Trial::test(suite(name, missing.as_deref()), run).with_ignored_flag(missing.is_some())
    };
    let trials = vec![
        trial("an_ad_is_made_and_one_letter_in_korean_says_so", || on_time(an_ad_is_told())),
        trial("a_kill_with_a_letter_on_its_way_sends_no_second", || on_time(a_kill())),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn on_time(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async { timeout(LIMIT, test).await.expect("it ends in time") });
}

/// A member who registered, at one program.
struct Member<'a> {
    castad: &'a Castad,
    key: String,
}

impl<'a> Member<'a> {
    async fn register(castad: &'a Castad, email: &str) -> Self {
        let newcomer = json!({"email": email, "password": "correct horse", "name": "김다온"});
        let request = castad.stranger(Method::POST, "/v1/members").json(&newcomer);
        let joined: Value = request.send().await.unwrap().json().await.unwrap();
        let key = joined["key"].as_str().unwrap_or_else(|| panic!("{joined}")).to_owned();
        let member = Self { castad, key };
        let asked = json!({"notify": {"finished": true, "failed": true, "expiring": true}});
        member.send(Method::PATCH, "/v1/account", &asked).await;
        member
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.castad.stranger(method, path).bearer_auth(&self.key).json(body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    async fn add_picture(&self, project: &str) {
        let picture = Part::bytes(castad_studio::sample_picture(3, 0, None)).file_name("a.jpg");
        let path = format!("/v1/projects/{project}/images");
        let request = self.castad.stranger(Method::POST, &path).bearer_auth(&self.key);
        let added = request.multipart(Form::new().part("files", picture)).send().await.unwrap();
        assert_eq!(added.status(), 201);
    }

    /// Has an ad made; its id.
    async fn produce(&self) -> String {
        let brief = json!({
            "business_name": "다온카페", "region": "부산 해운대", "language": "ko",
            "orientation": "square", "seed": 3,
        });
        let made = self.send(Method::POST, "/v1/projects", &brief).await;
        let id = made["id"].as_str().unwrap().to_owned();
        self.add_picture(&id).await;
        self.send(Method::POST, &format!("/v1/projects/{id}/produce"), &json!({})).await;
        id
    }
}

/// Looks again and again until it is so.
async fn until(mut so: impl AsyncFnMut() -> bool) {
    let mut looks = interval(Duration::from_millis(50));
    while !so().await {
        looks.tick().await;
    }
}

async fn counted(castad: &Castad, kind: &str, outcome: &str) -> bool {
    let line = format!("castad_letters_total{{kind=\"{kind}\",outcome=\"{outcome}\"}} 1");
    castad.text("/metrics").await.lines().any(|told| told == line)
}

async fn an_ad_is_told() {
    let office = PostOffice::open(&["--tls", "starttls", "--login", "castad:hunter2"]);
    let url = format!("smtp://castad:hunter2@127.0.0.1:{}?tls=required", office.port());
    let folder = Folder::new();
    let castad = Castad::start_with(
        folder.path(),
        &[
            ("CASTAD_SMTP_URL", &url),
            ("CASTAD_MAIL_FROM", "캐스타드 <ads@castad.example>"),
            ("CASTAD_PUBLIC_URL", "https://castad.example"),
            ("SSL_CERT_FILE", office.trusted().to_str().unwrap()),
            ("CASTAD_PRICE_LYRIC", "0"),
            ("CASTAD_PRICE_SONG", "0"),
            ("CASTAD_PRICE_VIDEO", "0"),
        ],
    )
    .await;
    let member = Member::register(&castad, "Daon.Kim@castad.example").await;
    let project = member.produce().await;
    until(async || counted(&castad, "finished", "sent").await).await;

    let arrived = office.arrived();
    let [Arrived { id, to, subject, text }] = &arrived[..] else { panic!("{arrived:?}") };
    assert!(id.starts_with("<job_") && id.ends_with("@castad.example>"), "{id}");
    assert_eq!(to, "Daon.Kim@castad.example");
    assert_eq!(subject, "[Castad] 다온카페 광고 영상이 완성되었습니다");
    assert!(
        text.starts_with("김다온님, 안녕하세요.\n\n‘다온카페’ 광고 영상이 완성되었습니다.\n"),
        "{text}"
    );
    assert!(text.contains(&format!("https://castad.example/#/projects/{project}\n")), "{text}");

    assert_eq!(castad.stop().await, Some(0));
    assert_eq!(office.arrived().len(), 1);
}

async fn a_kill() {
    let office = PostOffice::open(&[]);
    let url = format!("smtp://127.0.0.1:{}", office.port());
    let folder = Folder::new();
    // A song costs more than who just joined has: the letter is soon due.
    let environment = [
        ("CASTAD_SMTP_URL", url.as_str()),
        ("CASTAD_MAIL_FROM", "ads@castad.example"),
        ("CASTAD_PRICE_LYRIC", "0"),
        ("CASTAD_WORK_LEASE", "3"),
    ];
    let castad = Castad::start_with(folder.path(), &environment).await;
    let member = Member::register(&castad, "silent@castad.example").await;
    member.produce().await;
    // It was handed over, and no answer ever comes.
    until(async || office.arrived().len() == 1).await;
    assert_eq!(office.arrived()[0].subject, "[Castad] 다온카페 광고의 노래를 만들지 못했습니다");
    castad.kill().await;

    let castad = Castad::start_with(folder.path(), &environment).await;
    until(async || counted(&castad, "failed", "unknown").await).await;
    assert_eq!(castad.stop().await, Some(0));
    assert_eq!(office.arrived().len(), 1);
}
