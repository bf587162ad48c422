//! What the release before asks is answered on this schema too: while a fleet is brought from one to
//! the next, both are at work, and a release that is rolled back finds a newer schema.
//!
//! `just release` keeps the texts of a release in `released.sql` for the next one.

use std::{fs, sync::Arc};

use castad_memory::SequentialIds;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, SqlSafeStr};

use super::{
    servers::start::{MARIADB, MYSQL, Place, Server},
    texts,
};
use crate::{MySql, Options, dialect, schema};

const RELEASED: &str = include_str!("released.sql");

/// The last step that the release before knows, and its texts.
fn kept() -> (i64, &'static str) {
    let (first, texts) = RELEASED.split_once(";\n").expect("the schema stands above the texts");
    let schema = first.strip_prefix("-- SCHEMA\n").and_then(|number| number.parse().ok());
    (schema.expect("it is a number"), texts)
}

fn released() -> impl Iterator<Item = (&'static str, &'static str)> {
    kept().1.split_terminator(";\n").map(|kept| {
        let kept = kept.trim_start_matches("-- ").split_once('\n');
        kept.expect("a name stands above each text")
    })
}

/// The table that a text adds to, and the columns that it names.
fn added(text: &str) -> Option<(&str, Vec<&str>)> {
    let (_, rest) = text.split_once("INTO ").filter(|_| text.starts_with("INSERT"))?;
    let (table, rest) = rest.split_once(" (")?;
    let (columns, _) = rest.split_once(')')?;
    Some((table, columns.split(',').map(str::trim).collect()))
}

/// The columns of a table that must be given a value.
async fn needed(to: &mut MySqlConnection, table: &str) -> Vec<String> {
    let needed = "SELECT CAST(column_name AS CHAR) FROM information_schema.columns \
         WHERE table_schema = DATABASE() AND table_name = ? AND is_nullable = 'NO' \
           AND column_default IS NULL AND extra NOT LIKE '%auto_increment%' \
           AND COALESCE(generation_expression, '') = ''";
    let needed = sqlx::query_scalar::<_, String>(needed).bind(table).fetch_all(to).await;
    needed.expect("the server knows its columns")
}

/// The names of texts that would fail on this schema, with why.
async fn refused(to: &mut MySqlConnection) -> Vec<String> {
    let mut refused = Vec::new();
    for (name, text) in released() {
        let prepared = to.prepare(AssertSqlSafe(text).into_sql_str()).await;
        if let Err(fault) = prepared {
            refused.push(format!("{name}: {fault}"));
        }
        let Some((table, columns)) = added(text) else { continue };
        let missing = needed(to, table).await;
        let missing = missing.iter().filter(|column| !columns.contains(&column.as_str()));
        refused.extend(missing.map(|column| format!("{name}: {table}.{column} has no default")));
    }
    refused
}

async fn schema(server: &Server) -> (MySqlConnection, Place) {
    let place = server.database().await;
    let options = Options::new(Arc::new(SequentialIds::new()));
    MySql::open(&place.url(), options).await.expect("the database opens").close().await;
    let to = MySqlConnection::connect(&place.url()).await.expect("the server answers");
    (to, place)
}

async fn the_release_before_goes_on(server: &Server) {
    let (mut to, place) = schema(server).await;
    assert!(released().count() > 100, "the texts of a release are here");
    assert_eq!(refused(&mut to).await, Vec::<String>::new());

    place.tamper("ALTER TABLE jobs ADD COLUMN colour INT NOT NULL").await;
    let found = refused(&mut to).await;
    assert!(found.iter().any(|told| told.contains("jobs.colour has no default")), "{found:?}");

    place.tamper("ALTER TABLE coupons RENAME COLUMN number TO place").await;
    let found = refused(&mut to).await;
    assert!(found.iter().any(|told| told.starts_with("INSERT_COUPON")), "{found:?}");
}

#[tokio::test]
#[ignore = "needs MySQL: ./test"]
async fn what_the_release_before_asks_is_answered_on_mysql() {
    the_release_before_goes_on(&MYSQL).await;
}

#[tokio::test]
#[ignore = "needs MariaDB: ./test"]
async fn what_the_release_before_asks_is_answered_on_mariadb() {
    the_release_before_goes_on(&MARIADB).await;
}

#[test]
fn what_the_release_before_knows_is_enough() {
    assert_eq!(kept().0, schema::FLOOR, "a program of the release before starts on this schema");
}

#[test]
fn columns_that_are_named_are_found() {
    let text = "INSERT IGNORE INTO jobs (id, due) VALUES (?, ?)";
    assert_eq!(added(text), Some(("jobs", vec!["id", "due"])));
    assert_eq!(added("UPDATE jobs SET due = ?"), None);
}

#[test]
#[ignore = "writes down the texts of a release: just release"]
fn keep_the_texts_of_this_release() {
    let texts = texts().chain(dialect::mysql::TEXTS);
    let texts = texts.map(|(name, text)| format!("-- {name}\n{text};\n"));
    let kept = format!("-- SCHEMA\n{};\n", schema::known()) + &texts.collect::<String>();
    // Whoever asks for all that is ignored is not cutting a release.
    let path = std::env::var("CASTAD_TEST_RELEASE").expect("just release says where");
    fs::write(path, kept).expect("the texts are kept");
}
