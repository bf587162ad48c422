//! `examples/client`: it compiles with types that are made of the document, says what is written
//! down, and asks for nearly all that the document tells.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use castad_tests::{Castad, Folder, ended_well, free_port, node_tools, repository};
use serde_json::Value;

/// What the story leaves to other suites, and why. Whatever else the document tells is asked for.
const ELSEWHERE: [(&str, &str); 4] = [
    ("POST /callbacks/{provider}/{token}", "a provider calls it, and the built-in ones do not"),
    ("GET /media/{token}", "a provider is given the link, with a proof that nobody else has"),
    ("POST /v1/admin/jobs/{id}/replay", "no job of the built-in engines is given up"),
    ("POST /v1/admin/unresolved/{id}", "no answer of the built-in engines is lost"),
];

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// The example, compiled with types that are made of the document; the program that it became.
fn compiled() -> PathBuf {
    let example = repository().join("examples/client");
    let tools = node_tools(&example.join("package.json"), "client");
    for stale in sources(&tools) {
        fs::remove_file(stale).unwrap();
    }
    for source in sources(&example) {
        fs::copy(&source, tools.join(source.file_name().unwrap())).unwrap();
    }
    fs::copy(example.join("tsconfig.json"), tools.join("tsconfig.json")).unwrap();
    let node = |program: &str| {
        let mut node = Command::new("node");
        node.current_dir(&tools).arg(tools.join("node_modules").join(program));
        node
    };
    let mut types = node("openapi-typescript/bin/cli.js");
    types.arg(repository().join("docs/openapi.json"));
    ended_well(types.args(["--default-non-nullable=false", "--output", "castad.d.ts"]));
    ended_well(node("typescript/bin/tsc").args(["--project", "."]));
    tools.join("out/story.js")
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.extension() == Some(OsStr::new("ts"))).collect()
}

pub(super) fn plays() {
    let program = compiled();
    let folder = Folder::new();
    let picture = folder.path().join("가게.jpg");
    fs::write(&picture, castad_studio::sample_picture(3, 0, None)).unwrap();
    let hook = format!("127.0.0.1:{}", free_port());
    // The limits are those that hold where nothing is set: each answer is to tell of them.
    let environment = [
        ("CASTAD_PAYMENTS", "stand-in"),
        ("CASTAD_WEBHOOK_HOSTS", hook.as_str()),
        ("CASTAD_LIMIT_REQUESTS", "6000/60s"),
        ("CASTAD_LIMIT_REQUESTS_OF_KEY", "3000/60s"),
    ];
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let castad = runtime.block_on(Castad::start_with(folder.path(), &environment));
    let mut story = Command::new("node");
    story.arg(program).arg(&picture).env("HOOK", &hook);
    story.env("CASTAD", &castad.url).env("ADMIN_KEY", castad.key());

    let said = ended_well(&mut story);

    let (said, asked) = said.trim_end().rsplit_once('\n').unwrap();
    let told = repository().join("tests/tests/document/story.jsonl");
    let told = fs::read_to_string(told).unwrap();
    assert_eq!(said, told.trim_end(), "\n{said}\n");
    let asked: Value = serde_json::from_str(asked).unwrap();
    Asked::of(&asked["asked"]).compare(&document());
    assert_eq!(runtime.block_on(castad.stop()), Some(0));
}

fn document() -> Value {
    let text = fs::read_to_string(repository().join("docs/openapi.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What the story asked for.
#[derive(Default)]
struct Asked {
    /// `GET /v1/things/{id}`, where it was carried out.
    done: BTreeSet<String>,
    /// The same with the status and, behind a refusal's, the code.
    ends: Vec<(String, u16, Option<String>)>,
}

impl Asked {
    /// Lines as `POST /v1/things 409 sold_out`.
    fn of(lines: &Value) -> Self {
        let mut asked = Self::default();
        for line in lines.as_array().unwrap() {
            let words: Vec<&str> = line.as_str().unwrap().split(' ').collect();
            let operation = words[..2].join(" ");
            let status = words[2].parse().unwrap();
            if status < 300 {
                asked.done.insert(operation.clone());
            }
            asked.ends.push((operation, status, words.get(3).map(ToString::to_string)));
        }
        asked
    }

    fn compare(&self, document: &Value) {
        let mut told = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
            told.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
        }
        let elsewhere = ELSEWHERE.iter().map(|(operation, _)| (*operation).to_owned()).collect();
        let left_out: BTreeSet<_> = told.difference(&self.done).cloned().collect();
        assert_eq!(
            left_out, elsewhere,
            "what the story leaves out is what it is said to leave out"
        );
        for (operation, status, code) in &self.ends {
            let (method, path) = operation.split_once(' ').unwrap();
            let answers = &document["paths"][path][method.to_lowercase()]["responses"];
            let answer = named(document, &answers[status.to_string()]);
            assert!(answer.is_object(), "{operation} answers {status}, which is not told");
            let Some(code) = code else { continue };
            let examples = &answer["content"]["application/problem+json"]["examples"];
            let examples = examples.as_object().unwrap();
            let told = examples.values().any(|one| named(document, one)["value"]["code"] == **code);
            assert!(told, "{operation} {status} {code} is not told: {examples:#?}");
        }
    }
}

/// What stands there, or what is named there.
fn named<'a>(document: &'a Value, there: &'a Value) -> &'a Value {
    let name = there["$ref"].as_str();
    name.map_or(there, |name| document.pointer(name.trim_start_matches('#')).unwrap())
}
