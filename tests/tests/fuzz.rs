//! The program against all that its document allows, and against what it does not, by Schemathesis: as
//! a member and as an admin, with nobody at work. `CASTAD_FUZZ_CASES` says how often, `CASTAD_TEST_SEED`
//! with which dice. What of a check does not hold for a route stands in `fuzz/schemathesis.toml`.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a fuzzer says how much it tried, and a test that cannot go on fails"
)]

#[path = "fuzz/things.rs"]
mod things;

use std::{env, time::Duration};

use castad_tests::{Castad, Folder, missing, python_tools, repository, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::process::Command;

use self::things::Things;

/// So many cases there are at least unless more are asked for; then the member, too, goes through what
/// takes longest: the coverage of each schema.
const USUAL: u32 = 500;
/// So many operations share them; it need not be exact.
const OPERATIONS: u32 = 100;
/// Longer than any wait.
const PATIENCE: Duration = Duration::from_mins(1);
const ALL: &str = "examples,coverage,fuzzing,stateful";

fn main() {
    let missing = missing("python", &["python3", "-m", "venv", "--help"]);
    let name = "nothing_that_the_document_allows_or_forbids_is_answered_otherwise";
    let run = || -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(fuzz());
        Ok(())
    };
    let trial = Trial::test(suite(name, missing.as_deref()), run);
    let waits = || -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(wait_and_listen());
        Ok(())
    };
    let trials = vec![
        trial.with_ignored_flag(missing.is_some()),
        Trial::test("a_wait_ends_with_nobody_at_work_and_a_stream_is_for_who_asks", waits),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn number(name: &str, otherwise: u32) -> u32 {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

async fn fuzz() {
    let folder = Folder::new();
    let at_work = Castad::start(folder.path()).await;
    let member = Castad::new_key(folder.path(), &["--member", "회원"]).await;
    let admin = at_work.key().to_owned();
    let (of_member, of_admin) = Things::of_two(&at_work, &member, &admin).await;
    assert_eq!(at_work.stop().await, Some(0));

    // Who tries out what is wrong is wrong more often than anybody may be.
    let unlimited = ["WRONG_KEYS", "LOG_INS", "LOG_INS_OF_ACCOUNT"];
    let unlimited = unlimited.map(|limit| (format!("CASTAD_LIMIT_{limit}"), "off"));
    let unlimited = unlimited.iter().map(|(name, value)| (name.as_str(), *value));
    // Where nothing can be paid, a server error is the answer to who pays.
    let environment: Vec<_> = unlimited.chain([("CASTAD_PAYMENTS", "stand-in")]).collect();
    let castad = Castad::start_idle(folder.path(), &environment).await;
    let cases = number("CASTAD_FUZZ_CASES", USUAL);
    let each = (cases / OPERATIONS / 2).max(1).to_string();
    let second = if cases > USUAL { ALL } else { "examples,fuzzing,stateful" };
    let run = async |key: &str, things: Value, phases: &str| {
        let mut fuzzer = fuzzer(&castad.url, key, &things);
        fuzzer.args(["--phases", phases, "--max-examples", &each]);
        let ran = fuzzer.current_dir(folder.path()).output().await.unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "{said}\n{}", String::from_utf8_lossy(&ran.stderr));
        tried(&said)
    };
    // What each of the two has is nobody else's: they do not get into each other's way.
    let (by_admin, by_member) =
        tokio::join!(run(&admin, of_admin, ALL), run(&member, of_member, second));
    println!("{by_admin} cases as an admin, {by_member} as a member");
    assert!(by_admin + by_member >= cases, "{by_admin} and {by_member} cases are not {cases}");
    assert_eq!(castad.get("/healthz").await["status"], "ok");
    assert_eq!(castad.stop().await, Some(0));
}

/// How many cases a report tells of.
fn tried(report: &str) -> u32 {
    let (_, told) = report.split_once("Test cases:").unwrap_or_else(|| panic!("{report}"));
    let number = told.split_whitespace().next().and_then(|number| number.parse().ok());
    number.unwrap_or_else(|| panic!("{report}"))
}

/// What no schema says of two headers: one ends by itself, the other is meant.
async fn wait_and_listen() {
    let folder = Folder::new();
    let castad = Castad::start_idle(folder.path(), &[]).await;
    let project = castad.open("square").await;
    let order = format!("/v1/projects/{project}/produce");
    let order = castad.request(Method::POST, &order).header("prefer", "wait=1");
    let answer = order.timeout(PATIENCE).send().await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["preference-applied"]),
        (StatusCode::ACCEPTED, &"wait=1".parse().unwrap())
    );
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], "producing");

    for path in ["/v1/events".to_owned(), format!("/v1/projects/{project}/events")] {
        for (accept, kind) in [
            (None, "application/json"),
            (Some("*/*"), "application/json"),
            (Some("text/*, */*;q=0.1"), "application/json"),
            (Some("application/json"), "application/json"),
            (Some("text/event-stream"), "text/event-stream"),
        ] {
            let mut asked = castad.request(Method::GET, &path);
            if let Some(accept) = accept {
                asked = asked.header("accept", accept);
            }
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.headers()["content-type"], kind, "{path} {accept:?}");
        }
    }
    assert_eq!(castad.stop().await, Some(0));
}

fn fuzzer(url: &str, key: &str, things: &Value) -> Command {
    let ours = repository().join("tests/tests/fuzz");
    let programs = python_tools(&ours.join("requirements.txt"), "fuzzer");
    let mut command = Command::new(programs.join("schemathesis"));
    command.arg("--config-file").arg(ours.join("schemathesis.toml")).arg("run");
    command.arg(repository().join("docs/openapi.json")).args(["--url", url, "--no-color"]);
    command.args(["--seed", &number("CASTAD_TEST_SEED", 7).to_string()]);
    command.env("PYTHONPATH", &ours).env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("SCHEMATHESIS_HOOKS", "hooks");
    command.env("CASTAD_FUZZ_KEY", key).env("CASTAD_FUZZ_THINGS", things.to_string());
    command
}
