//! The command that proves the books, as a program that calls it sees it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use castad_domain::{
    model::{MemberId, Totals},
    port::{BookRule, PointsReader, Store},
};
use castad_memory::SequentialIds;
use castad_sql::{Options, Sqlite};
use serde_json::Value;

/// A data folder of its own, removed with the test.
struct Data(PathBuf);

impl Data {
    fn fresh() -> Self {
        let path = env::temp_dir().join(format!("castad-audit-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// How the program ended, and what it said.
    fn run(&self, args: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_castad"));
        for (name, _) in env::vars().filter(|(name, _)| name.starts_with("CASTAD_")) {
            command.env_remove(name);
        }
        command.env("CASTAD_DATA", &self.0).current_dir(&self.0).args(args);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }

    fn audit_as_json(&self) -> (Option<i32>, Value) {
        let (code, out) = self.run(&["audit", "--json"]);
        (code, serde_json::from_str(&out).unwrap())
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Writes down, behind everybody's back, that the member never had points.
async fn forget_points(file: &Path) -> MemberId {
    let options = Options::new(Arc::new(SequentialIds::new()));
    let sql = Sqlite::open(file, options).await.unwrap();
    let member = sql.accounts(None, 1).await.unwrap()[0];
    let mut unit = sql.begin().await.unwrap();
    let account = unit.points().hold(member).await.unwrap().unwrap();
    unit.points().correct(&account, Totals::default()).await.unwrap();
    unit.commit().await.unwrap();
    sql.close().await;
    member
}

#[tokio::test]
async fn the_books_are_told_right_or_not_by_line_by_json_and_by_exit_code() {
    let data = Data::fresh();
    assert_eq!(data.run(&["points", "grant", "--amount", "500"]).0, Some(0));
    let (code, out) = data.run(&["audit"]);
    assert_eq!(code, Some(0), "{out}");
    let lines: Vec<_> = out.lines().map(str::trim).collect();
    for rule in BookRule::ALL {
        assert!(lines.contains(&format!("ok  {}", rule.says()).as_str()), "{rule:?}: {out}");
    }
    assert_eq!(lines.last(), Some(&"the books are right"));
    let (code, told) = data.audit_as_json();
    assert_eq!((code, &told["right"]), (Some(0), &true.into()));
    assert_eq!(told["findings"], Value::Array(Vec::new()));
    let checked: Vec<_> = told["checked"].as_array().unwrap().iter().map(Value::as_str).collect();
    let all: Vec<_> = BookRule::ALL.iter().map(|rule| Some(rule.says())).collect();
    assert_eq!(checked, all);

    let member = forget_points(&data.0.join("castad.db")).await;
    let (code, out) = data.run(&["audit"]);
    assert_eq!(code, Some(4), "{out}");
    let wrong = format!("1 NOT  {}", BookRule::Totals.says());
    assert!(out.contains(&wrong) && out.contains("the books are NOT right"), "{out}");
    let id = format!("{:032x}", member.to_bits());
    assert!(out.contains(&id), "{out}");
    let (code, told) = data.audit_as_json();
    assert_eq!((code, &told["right"]), (Some(4), &false.into()));
    let finding = serde_json::json!({"rule": BookRule::Totals.says(), "id": id});
    assert_eq!(told["findings"], Value::Array(vec![finding]));
}
