//! The console in a real browser.

#[path = "browser/desk.rs"]
mod desk;
#[path = "browser/mending.rs"]
mod mending;

use std::{process::Stdio, time::Duration};

use castad_stand_ins::{StandIns, openai::KEY};
use castad_studio::sample_picture;
use castad_tests::{Castad, Folder, missing, suite};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The longest that anything may take to come up in the page.
const LIMIT: Duration = Duration::from_mins(3);

fn main() {
    let missing = missing("chromium", &["chromedriver", "--version"]);
    let trial = |name, test: fn() -> Result<(), Failed>| {
        let name = suite(name, missing.as_deref());
        Trial::test(name, test).with_ignored_flag(missing.is_some())
    };
    let trials = vec![
        trial("an_owner_reads_the_words_before_they_are_sung_and_filmed", || run(reads_first())),
        trial("a_name_that_cannot_be_sung_is_refused_beside_its_field", || run(is_told())),
        trial("the_words_appear_as_they_are_written", || run(watches())),
        trial("a_stranger_is_asked_for_a_key", || run(logs_in())),
        trial("a_member_joins_and_logs_in_with_a_password", || run(joins())),
        trial("what_an_admin_gives_a_member_has_and_spends", || run(gives())),
        trial("an_admin_finds_what_waits_and_whether_the_books_are_right", || run(desk::looks())),
        trial("an_admin_leaves_a_provider_alone_and_has_a_job_tried_again", || {
            run(mending::is_patient())
        }),
        trial("an_admin_sees_that_a_worker_fell_silent", || run(mending::hears_nothing())),
        trial("an_admin_decides_on_purchases_of_which_nobody_knows", || run(mending::decides())),
        trial("a_member_has_events_delivered_and_sees_what_came_of_it", || run(desk::listens())),
        trial("an_admin_makes_a_key_for_some_things_and_finds_what_was_done", || run(keeps_keys())),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn run(test: impl Future<Output = Result<(), CmdError>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    Ok(runtime.block_on(test)?)
}

/// What the member logs in with.
const PASSWORD: &str = "correct horse battery";

/// A browser of its own, and the program whose console it shows.
struct Page {
    client: Client,
    castad: Castad,
    folder: Folder,
    _driver: Child,
}

impl Page {
    async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// The same, the program with more in its environment.
    async fn open_with(environment: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let castad = Castad::start_with(folder.path(), environment).await;
        Self::of(folder, castad).await
    }

    /// The same with a program that runs already.
    async fn of(folder: Folder, castad: Castad) -> Self {
        let (driver, address) = start_driver().await;
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ];
        let options = json!({"goog:chromeOptions": {"args": arguments}});
        let Value::Object(capabilities) = options else { panic!("options are an object") };
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&address).await;
        let client = client.expect("the driver opens a browser");
        Self { client, castad, folder, _driver: driver }
    }

    /// The control of that name, once it is there.
    async fn control(&self, name: &str) -> Result<Element, CmdError> {
        self.part(&format!("[data-testid={name}]")).await
    }

    async fn part(&self, selector: &str) -> Result<Element, CmdError> {
        self.client.wait().at_most(LIMIT).for_element(Locator::Css(selector)).await
    }

    async fn write(&self, name: &str, text: &str) -> Result<(), CmdError> {
        loop {
            let field = self.control(name).await?;
            let written = async {
                field.clear().await?;
                field.send_keys(text).await
            };
            match written.await {
                Err(gone) if gone.is_stale_element_reference() => {}
                written => return written,
            }
        }
    }

    /// The text of the control of that name, once it is there.
    async fn text(&self, name: &str) -> Result<String, CmdError> {
        loop {
            match self.control(name).await?.text().await {
                Err(gone) if gone.is_stale_element_reference() => {}
                read => return read,
            }
        }
    }

    async fn press(&self, name: &str) -> Result<(), CmdError> {
        self.press_at(&format!("[data-testid={name}]")).await
    }

    /// A list that is drawn anew has other controls: the one that is there then is pressed.
    async fn press_at(&self, selector: &str) -> Result<(), CmdError> {
        loop {
            match self.part(selector).await?.click().await {
                Err(gone) if gone.is_stale_element_reference() => {}
                pressed => return pressed,
            }
        }
    }

    /// What the control of that name says, once it says that.
    async fn says(&self, name: &str, text: &str) -> Result<(), CmdError> {
        let path = format!("//*[@data-testid='{name}'][contains(normalize-space(.), '{text}')]");
        self.client.wait().at_most(LIMIT).for_element(Locator::XPath(&path)).await.map(drop)
    }

    async fn log_in(&self, (email, password): (&str, &str)) -> Result<(), CmdError> {
        self.write("session-email", email).await?;
        self.write("session-password", password).await?;
        self.press("session-go").await
    }

    async fn choose_picture(&self) -> Result<(), CmdError> {
        let path = self.folder.path().join("picture.jpg");
        std::fs::write(&path, sample_picture(7, 0, None)).expect("a picture for the test");
        let path = path.to_str().expect("the folder's name is text");
        self.control("file-input").await?.send_keys(path).await
    }

    async fn ask(&self, script: &str) -> Result<Value, CmdError> {
        self.client.execute(script, vec![]).await
    }
}

/// A driver on a port that it picks itself.
async fn start_driver() -> (Child, String) {
    let mut command = Command::new("chromedriver");
    let command = command.arg("--port=0").stdout(Stdio::piped()).kill_on_drop(true);
    let mut driver = command.spawn().expect("chromedriver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("its output is ours")).lines();
    let port = loop {
        let line = lines.next_line().await.expect("its output is text").expect("it listens");
        if let Some((_, port)) = line.split_once("successfully on port ") {
            break port.trim_end_matches('.').to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (driver, format!("http://127.0.0.1:{port}"))
}

/// ChatGPT writes slowly enough to be watched.
async fn watches() -> Result<(), CmdError> {
    let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.expect("a port is free");
    stand_ins.openai.write_slowly(Duration::from_millis(60));
    let url = stand_ins.openai_url();
    let environment =
        [("CASTAD_LYRICS", "chatgpt"), ("OPENAI_API_KEY", KEY), ("OPENAI_BASE_URL", &url)];
    let page = Page::open_with(&environment).await;
    page.client.goto(&page.castad.login).await?;
    page.write("business-name", "다온카페").await?;
    page.write("region", "부산 해운대").await?;
    page.control("language").await?.select_by_value("ko").await?;
    page.press("create-read").await?;

    let draft = page.text("lyric-draft").await?;
    let whole = page.part("[data-testid=lyric-text]").await?.prop("value").await?;
    let whole = whole.unwrap_or_default();
    assert!(!draft.is_empty() && draft.len() < whole.len(), "{draft:?} before {whole:?}");
    assert!(whole.contains("다온카페"), "{whole}");
    page.client.clone().close().await
}

async fn reads_first() -> Result<(), CmdError> {
    let page = Page::open().await;
    page.client.goto(&page.castad.login).await?;
    page.write("business-name", "다온카페").await?;
    page.write("region", "부산 해운대").await?;
    page.control("language").await?.select_by_value("ko").await?;
    page.press("orientation-square").await?;
    page.choose_picture().await?;
    page.press("create-read").await?;

    page.write("lyric-text", "[Verse]\n해운대 골목 끝\n\n[Chorus]\n다온카페로 와요").await?;
    page.press("make-song").await?;
    page.part("audio[data-testid=song]").await?;
    page.press("make-video").await?;
    page.part("video[data-testid=video].square").await?;
    page.part("[data-testid=stage-video][data-state=ready]").await?;

    let words = page.text("lyric-shown").await?;
    assert!(words.contains("다온카페로 와요"), "{words}");
    let video = page.control("video").await?;
    let source = video.prop("src").await?.unwrap_or_default();
    assert_eq!(page.control("download").await?.prop("href").await?, Some(source));
    let played = "const [video, done] = [document.querySelector('video'), arguments[0]]; \
                  video.muted = true; video.addEventListener('timeupdate', () => \
                  video.currentTime > 0 && done(video.videoWidth === video.videoHeight)); \
                  video.play();";
    assert_eq!(page.client.execute_async(played, vec![]).await?, Value::Bool(true));
    page.press("nav-projects").await?;
    let listed = page.part("[data-testid=project][data-state=finished]").await?.text().await?;
    assert!(listed.contains("다온카페"), "{listed}");
    page.client.clone().close().await
}

async fn is_told() -> Result<(), CmdError> {
    let page = Page::open().await;
    page.client.goto(&page.castad.login).await?;
    page.write("business-name", "<b>").await?;
    page.choose_picture().await?;
    page.press("create").await?;

    page.part("[data-testid=fault-business_name]:not([hidden])").await?;
    page.part("[data-testid=fault-region]:not([hidden])").await?;
    let focused = page.ask("return document.activeElement.dataset.testid").await?;
    assert_eq!(focused, "business-name");
    page.client.clone().close().await
}

async fn logs_in() -> Result<(), CmdError> {
    let page = Page::open().await;
    page.client.goto(&page.castad.url).await?;
    page.write("login-key", "castad_wrong").await?;
    page.press("login").await?;
    page.part("[data-testid=login-fault]:not([hidden])").await?;

    let link = page.castad.login.clone();
    page.write("login-key", &link).await?;
    page.press("login").await?;
    page.control("business-name").await?;
    page.client.clone().close().await
}

async fn joins() -> Result<(), CmdError> {
    let page = Page::open().await;
    page.client.goto(&page.castad.url).await?;
    page.press("join").await?;
    page.write("join-email", "daon@example.com").await?;
    page.write("join-password", "short").await?;
    page.write("join-name", "다온").await?;
    page.press("join-go").await?;
    page.part("[data-testid=join-password-fault]:not([hidden])").await?;
    page.write("join-password", PASSWORD).await?;
    page.press("join-go").await?;
    page.press("nav-account").await?;
    page.says("profile-name", "다온").await?;
    page.part("[data-testid=no-entries]:not([hidden])").await?;

    page.press("log-out").await?;
    page.log_in(("daon@example.com", "not the password")).await?;
    page.part("[data-testid=session-fault]:not([hidden])").await?;
    page.log_in(("daon@example.com", PASSWORD)).await?;
    page.press("nav-account").await?;
    page.press("change-profile").await?;
    page.write("profile-name", "다온카페").await?;
    page.press("profile-go").await?;
    page.says("profile-name", "다온카페").await?;
    page.client.clone().close().await
}

/// A member who joined, with something to claim and something to book; their id and their key.
async fn prepare(castad: &Castad) -> (String, String) {
    let text = |value: &Value| value.as_str().expect("it is a text").to_owned();
    let send = async |key: Option<&str>, path: &str, body: Value| -> Value {
        let request = match key {
            Some(key) => castad.stranger(Method::POST, path).bearer_auth(key),
            None => castad.request(Method::POST, path),
        };
        let answer = request.json(&body).send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.expect("JSON")
    };
    let newcomer = json!({"email": "daon@example.com", "password": PASSWORD, "name": "다온"});
    let member = send(None, "/v1/members", newcomer).await;
    let discount = json!({"percent": 10});
    let campaign = json!({
        "name": "개업 기념", "total": 100, "discount": discount, "minimum_order": 10_000,
        "valid_days": 30,
    });
    send(None, "/v1/campaigns", campaign).await;
    let channel =
        json!({"name": "해운대 방송", "dates": ["2999-05-01"], "slots": 2, "price": 1_000});
    let channel = text(&send(None, "/v1/channels", channel).await["id"]);
    let slots = castad.get(&format!("/v1/channels/{channel}/slots")).await;
    let hold = format!("/v1/slots/{}/hold", text(&slots["items"][0]["id"]));
    let (id, key) = (text(&member["id"]), text(&member["key"]));
    send(Some(&key), &hold, json!({})).await;
    (id, key)
}

/// An admin gives 5,000 points, having mistyped them first.
async fn give(page: &Page, member: &str) -> Result<(), CmdError> {
    page.press("nav-account").await?;
    page.write("grant-member_id", member).await?;
    page.write("grant-amount", "0").await?;
    page.press("grant-go").await?;
    page.part("[data-testid=grant-amount-fault]:not([hidden])").await?;
    page.write("grant-amount", "5000").await?;
    page.press("grant-go").await?;
    page.part("[data-testid=granted]:not([hidden])").await.map(drop)
}

/// A campaign that gives its coupons in order tells the place, and then what came of it.
async fn stands_in_line(page: &Page) -> Result<(), CmdError> {
    let in_order = json!({
        "name": "선착순", "total": 1, "discount": {"percent": 20}, "minimum_order": 0,
        "valid_days": 7, "mode": "queue",
    });
    let made = page.castad.request(Method::POST, "/v1/campaigns").json(&in_order);
    assert_eq!(made.send().await.expect("an answer").status(), 201);
    page.client.refresh().await?;
    page.press("claim").await?;
    page.part("[data-testid=place][data-state=issued]").await?;
    page.says("place", "선착순").await?;
    page.says("coupon", "선착순").await
}

async fn gives() -> Result<(), CmdError> {
    let page = Page::open().await;
    let (member, key) = prepare(&page.castad).await;
    page.client.goto(&page.castad.login).await?;
    give(&page, &member).await?;
    page.press("log-out").await?;
    page.log_in(("daon@example.com", PASSWORD)).await?;
    page.press("nav-account").await?;
    page.part("[data-testid=balance][data-points='5000']").await?;
    page.says("sum-accumulated", "5,000").await?;
    page.says("entry", "+5,000").await?;
    page.press("claim").await?;
    page.part("[data-testid=coupon][data-state=issued]").await?;
    page.says("coupon", "개업 기념").await?;
    page.says("campaign", "99").await?;
    stands_in_line(&page).await?;
    page.says("booking", "해운대 방송").await?;
    page.press("release").await?;
    page.part("[data-testid=booking][data-state=released]").await?;
    assert_eq!(
        page.ask("return document.querySelector('[data-testid=grant]')").await?,
        Value::Null
    );

    let spent = json!({"order_number": "A-1", "amount": 1_200});
    let usage = page.castad.stranger(Method::POST, "/v1/points/usages").bearer_auth(key);
    assert_eq!(usage.json(&spent).send().await.expect("an answer").status(), 201);
    page.client.refresh().await?;
    page.part("[data-testid=balance][data-points='3800']").await?;
    page.part("[data-testid=entry][data-type=used]").await?;
    page.says("entry", "A-1").await?;
    page.press("toggle-language").await?;
    page.says("nav-account", "내 계정").await?;
    page.says("sum-used", "1,200P").await?;
    page.client.clone().close().await
}

async fn keeps_keys() -> Result<(), CmdError> {
    let page = Page::open().await;
    let pause = page.castad.request(Method::POST, "/v1/admin/providers/song/pause");
    assert_eq!(pause.send().await.expect("an answer").status(), 200);
    page.client.goto(&page.castad.login).await?;
    page.press("nav-account").await?;
    page.write("key-name", "ci").await?;
    page.press("key-scopes-read").await?;
    let days = page.control("key-expires_in_days").await?;
    days.select_by_value("30").await?;
    page.press("key-go").await?;
    page.says("key", "ci").await?;
    page.says("key", "read").await?;
    let secret = page.text("key-secret-text").await?;
    let read = page.castad.stranger(Method::GET, "/v1/projects").bearer_auth(&secret);
    assert_eq!(read.send().await.expect("an answer").status(), 200);
    let make = page.castad.stranger(Method::POST, "/v1/projects").bearer_auth(&secret);
    assert_eq!(make.send().await.expect("an answer").status(), 403);

    page.press("to-desk").await?;
    page.part("[data-testid=action-item][data-action='provider.paused']").await?;
    page.says("action-item", "Provider paused").await?;

    page.press("nav-account").await?;
    page.press("revoke-key").await?;
    page.press("confirm").await?;
    page.press("log-out").await?;
    page.write("login-key", &secret).await?;
    page.press("login").await?;
    page.part("[data-testid=login-fault]:not([hidden])").await?;
    page.client.clone().close().await
}
