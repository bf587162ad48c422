//! The document by itself: a linter finds nothing in it, and a client made of it plays the whole story.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{fs, path::PathBuf, process::Command};

use castad_tests::{Castad, Folder, ended_well, missing, node_tools, repository, suite};
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;

fn main() {
    let trials = vec![
        trial("a_linter_finds_nothing_in_the_document", lints),
        trial("a_client_made_of_the_document_plays_the_whole_story", plays),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn trial(name: &str, run: fn()) -> Trial {
    let missing = missing("typescript", &["npm", "--version"]);
    let run = move || -> Result<(), Failed> {
        run();
        Ok(())
    };
    Trial::test(suite(name, missing.as_deref()), run).with_ignored_flag(missing.is_some())
}

fn lints() {
    let rules = repository().join("tests/tests/document");
    let tools = node_tools(&rules.join("package.json"), "linter");
    let mut redocly = Command::new("node");
    redocly.arg(tools.join("node_modules/@redocly/cli/bin/cli.js")).arg("lint");
    redocly.arg("--config").arg(rules.join("redocly.yaml"));
    redocly.env("REDOCLY_TELEMETRY", "off").env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
    ended_well(redocly.arg(repository().join("docs/openapi.json")));
}

/// The example, compiled with types that are made of the document; the program that it became.
fn compiled() -> PathBuf {
    let example = repository().join("examples/client");
    let tools = node_tools(&example.join("package.json"), "client");
    for name in ["story.ts", "tsconfig.json"] {
        fs::copy(example.join(name), tools.join(name)).unwrap();
    }
    let node = |program: &str| {
        let mut node = Command::new("node");
        node.current_dir(&tools).arg(tools.join("node_modules").join(program));
        node
    };
    let mut types = node("openapi-typescript/bin/cli.js");
    types.arg(repository().join("docs/openapi.json"));
    ended_well(types.args(["--output", "castad.d.ts"]));
    ended_well(node("typescript/bin/tsc").args(["--project", "."]));
    tools.join("out/story.js")
}

fn plays() {
    let program = compiled();
    let folder = Folder::new();
    let picture = folder.path().join("가게.jpg");
    fs::write(&picture, castad_studio::sample_picture(3, 0, None)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let castad = runtime.block_on(Castad::start(folder.path()));
    let mut story = Command::new("node");
    story.arg(program).arg(&picture);
    story.env("CASTAD", &castad.url).env("ADMIN_KEY", castad.key());
    let said = ended_well(&mut story);
    let told: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in [
        serde_json::json!({"registered": true}),
        serde_json::json!({"given": 5_000}),
        serde_json::json!({"webhook": "delivering", "secret": "string"}),
        serde_json::json!({"pictures": 1}),
        serde_json::json!({"film": "ftyp"}),
        serde_json::json!({"captions": true}),
        serde_json::json!({"finished": true}),
        serde_json::json!({"status": 409, "code": "nothing_missing"}),
    ] {
        assert!(told.contains(&line), "{line} is not in {said}");
    }
    let made = told.iter().find(|line| line["status"] == "finished");
    assert_eq!(made.unwrap_or_else(|| panic!("{said}"))["orientation"], "square");
    let spent = told.iter().find_map(|line| line["used"].as_i64());
    assert_eq!(spent, Some(1_600), "{said}");
    assert_eq!(runtime.block_on(castad.stop()), Some(0));
}
