//! What each list of the API costs in statements, as it is asked for from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../../../sql/tests/statements/filled.rs"]
mod filled;
#[path = "../../../sql/tests/statements/seen.rs"]
mod seen;
mod shop;

use std::{collections::BTreeSet, sync::LazyLock};

use castad_app::http::document;
use chrono::NaiveDate;
use serde_json::{Value, json};

use seen::{statements, turn};
use shop::Shop;

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// Every list, with what a page of it costs and how many rows it has here. One that is not here is a
/// fault, as is one that is here and nowhere else.
const LISTS: &[(&str, usize, usize)] = &[
    ("/songs/", 2, 100),
    ("/v1/admin/actions", 1, 100),
    ("/v1/admin/config", 2, 8),
    ("/v1/admin/jobs", 1, 100),
    ("/v1/admin/providers", 1, 3),
    ("/v1/admin/queue", 2, 4),
    ("/v1/admin/unresolved", 2, 100),
    ("/v1/campaigns", 1, 100),
    ("/v1/channels", 1, 2),
    ("/v1/channels/{id}/slots", 1, 100),
    ("/v1/coupons", 1, 100),
    ("/v1/events", 1, 100),
    ("/v1/holds", 1, 10),
    ("/v1/keys", 1, 100),
    ("/v1/lyrics", 2, 100),
    ("/v1/orders", 1, 100),
    ("/v1/packs", 1, 100),
    ("/v1/points/history", 1, 100),
    ("/v1/projects", 2, 100),
    ("/v1/projects/{id}/events", 2, 100),
    ("/v1/songs", 2, 100),
    ("/v1/videos", 2, 100),
    ("/v1/webhooks", 1, 20),
    ("/v1/webhooks/{id}/deliveries", 2, 100),
    ("/videos/", 2, 60),
];

/// A schema, or the one that it names.
fn resolved(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str() {
        Some(place) => DOCUMENT.pointer(place.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

/// Whether an operation answers with rows.
fn is_list(operation: &'static Value) -> bool {
    let answer = resolved(&operation["responses"]["200"]);
    let body = resolved(&answer["content"]["application/json"]["schema"]);
    body["properties"]["items"]["type"] == "array"
}

#[test]
fn every_list_is_in_the_table_and_none_else() {
    let routes = DOCUMENT["paths"].as_object().unwrap().iter();
    let lists = routes.filter(|(_, methods)| is_list(&methods["get"]));
    let lists: BTreeSet<_> = lists.map(|(path, _)| path.as_str()).collect();
    let table: BTreeSet<_> = LISTS.iter().map(|(path, ..)| *path).collect();
    assert_eq!(table.len(), LISTS.len(), "each once");
    assert_eq!(lists, table);
}

/// What the description tells of an option of a list, if it has it.
fn option(route: &str, name: &str) -> Option<&'static Value> {
    let options = DOCUMENT["paths"][route]["get"]["parameters"].as_array().unwrap();
    options.iter().find(|option| option["name"] == name).map(|option| &option["schema"])
}

/// A page of so many rows, where the list has pages.
fn page(route: &str, address: &str, rows: usize) -> String {
    let size = ["limit", "page_size"].into_iter().find(|name| option(route, name).is_some());
    let between = if address.contains('?') { '&' } else { '?' };
    size.map_or_else(|| address.to_owned(), |size| format!("{address}{between}{size}={rows}"))
}

/// `next` is what the description lets one send as `after`.
fn next_may_be_sent(route: &str, next: &Value) {
    let Some(after) = option(route, "after") else {
        assert!(next.is_null(), "{route} goes on behind {next}, and takes no `after`");
        return;
    };
    assert!(after["pattern"].is_string(), "{route} says nothing of `after`");
    assert!(jsonschema::is_valid(after, next), "{route} goes on behind {next}, of {after}");
}

/// Who asks is known already: the first call has looked that up.
#[tokio::test]
async fn a_list_of_a_hundred_rows_costs_two_statements_at_most() {
    let _turn = turn().await;
    let shop = Box::pin(Shop::filled()).await;
    let mut wrong = Vec::new();
    for &(route, most, rows) in LISTS {
        let address = shop.address(route);
        shop.get(&page(route, &address, 1)).await;
        statements(&shop.sql).await;
        let short = shop.get(&page(route, &address, 1)).await;
        let of_one = statements(&shop.sql).await.len();
        let long = shop.get(&page(route, &address, 100)).await;
        let of_all = statements(&shop.sql).await.len();

        let found = long["items"].as_array().unwrap().len();
        if found < rows || most > 2 || of_all != most || of_one > most {
            wrong.push(format!("{route}: {found} rows by {of_all}, one by {of_one} statements"));
        }
        next_may_be_sent(route, &short["next"]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_page_of_slots_may_begin_behind_every_day_and_no_other() {
    let after = option("/v1/channels/{id}/slots", "after").unwrap();
    let after = jsonschema::validator_for(after).unwrap();
    for year in [1999, 2000, 2026, 2028, 2100] {
        for (month, day) in (0..=13).flat_map(|month| (0..=32).map(move |day| (month, day))) {
            let is_there = NaiveDate::from_ymd_opt(year, month, day).is_some();
            let cursor = json!(format!("{year}-{month:02}-{day:02}.7"));
            assert_eq!(after.is_valid(&cursor), is_there, "{cursor}");
        }
    }
}
