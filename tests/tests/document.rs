//! The document by itself: a linter finds nothing in it, and a client made of it plays the whole story.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "document/story.rs"]
mod story;

use std::process::Command;

use castad_tests::{ended_well, missing, node_tools, repository, suite};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let trials = vec![
        trial("a_linter_finds_nothing_in_the_document", lints),
        trial("a_client_made_of_the_document_plays_the_whole_story", story::plays),
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
