//! The dashboard, the alerts and the page about them name metrics and labels that there are.

use std::{collections::BTreeSet, sync::LazyLock};

use castad_app::telemetry::list::{Kind, METRICS};
use castad_domain::usecase::LOCKS;
use saphyr::{LoadableYamlNode, Yaml};
use serde_json::Value;

use super::{scrape::metric, sources, text};

/// What an expression may call.
const FUNCTIONS: [&str; 10] = [
    "absent",
    "histogram_quantile",
    "increase",
    "max",
    "min",
    "rate",
    "sum",
    "time",
    "topk",
    "clamp_min",
];
/// What stands between its parts, alone.
const WORDS: [&str; 3] = ["and", "or", "unless"];
/// What a list of labels follows.
const LABELLED: [&str; 4] = ["by", "without", "on", "ignoring"];

/// What is wrong with an expression of `PromQL`, as far as its names go.
fn faults(expression: &str) -> Vec<String> {
    let (mut found, mut of) = (Vec::new(), None);
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_alphabetic() {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after.trim_start();
            if LABELLED.contains(&name) {
                let (labels, after) = within(rest, '(', ')');
                rest = after;
                found.extend(labels.split(',').map(str::trim).filter(|l| !exists(l)).map(unknown));
            } else if let Some(metric) = metric(name) {
                of = Some(metric);
            } else if !FUNCTIONS.contains(&name) && !WORDS.contains(&name) {
                found.push(unknown(name));
            }
        } else if first == '{' {
            let (matchers, after) = within(rest, '{', '}');
            rest = after;
            for matcher in matchers.split(',') {
                let (label, value) = matcher.split_once(['=', '!']).unwrap_or((matcher, ""));
                if of.is_none_or(|metric| !metric.labels.contains(&label.trim())) {
                    found.push(unknown(label));
                }
                found.extend(words(value).filter(|word| !is_told(word)).map(unknown));
            }
        } else if first == '[' {
            rest = within(rest, '[', ']').1;
        } else {
            rest = &rest[first.len_utf8()..];
        }
    }
    found
}

fn unknown(name: &str) -> String {
    format!("{name} is not known")
}

/// The words that a matcher's value is made of; `5..` and `coupon.*` name none.
fn words(value: &str) -> impl Iterator<Item = &str> {
    let quoted = value.trim_start_matches(['=', '~']).trim_matches('"');
    quoted.split('|').filter(|word| !word.contains('.'))
}

/// Whether the program has such a word for a label: as text of its source.
fn is_told(word: &str) -> bool {
    static TEXTS: LazyLock<Vec<String>> = LazyLock::new(sources);
    let quoted = format!("\"{word}\"");
    TEXTS.iter().any(|text| text.contains(&quoted))
}

/// Whether any metric has the label, or Prometheus adds it.
fn exists(label: &str) -> bool {
    ["le", "instance", "job"].contains(&label)
        || METRICS.iter().any(|metric| metric.labels.contains(&label))
}

fn within(text: &str, open: char, close: char) -> (&str, &str) {
    let text = text.strip_prefix(open).unwrap_or_else(|| panic!("no {open} at {text}"));
    text.split_once(close).unwrap_or_else(|| panic!("no {close} in {text}"))
}

fn check(what: &str, expression: &str) {
    let found = faults(expression);
    assert!(found.is_empty(), "{what}: {found:?} in {expression}");
}

#[test]
fn an_expression_with_a_name_that_nobody_tells_is_found() {
    for (expression, wrong) in [
        ("sum(rate(castad_http_requests_total[5m]))", 0),
        ("sum(rate(castad_http_request_total[5m]))", 1),
        ("castad_stage_seconds", 1),
        ("sum by (le, stage) (rate(castad_stage_seconds_bucket[$__rate_interval])) > 0.5", 0),
        ("castad_jobs{state=\"dead\"} and on (lane) castad_lane_stopped{why!=\"x\"}", 0),
        ("castad_jobs{status=\"dead\"}", 1),
        ("castad_jobs{state=~\"dead|gone_for_good\"}", 1),
        ("castad_http_requests_total{status=~\"5..\"}", 0),
        ("sum by (colour) (castad_jobs)", 1),
        ("summe(castad_jobs)", 1),
    ] {
        assert_eq!(faults(expression).len(), wrong, "{expression}");
    }
}

#[test]
fn the_dashboard_shows_what_there_is() {
    let board: Value = serde_json::from_str(&text("docs/watching/dashboard.json")).unwrap();
    let panels = board["panels"].as_array().unwrap();
    let title = |panel: &Value| panel["title"].as_str().unwrap().to_owned();
    let rows = panels.iter().filter(|panel| panel["type"] == "row").map(title);
    let rows: Vec<_> = rows.collect();
    for row in ["Traffic", "Stages", "Queue and lanes", "Providers", "Locks", "Points", "Database"]
    {
        assert!(rows.iter().any(|title| title == row), "{row} is missing from {rows:?}");
    }
    let mut shown = String::new();
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{}", title(panel));
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            check(&title(panel), expression);
            shown.push_str(expression);
            let legend = target["legendFormat"].as_str().unwrap();
            for label in legend.split("{{").skip(1).filter_map(|part| part.split("}}").next()) {
                assert!(exists(label), "{}: {legend}", title(panel));
            }
        }
    }
    for metric in METRICS {
        assert!(shown.contains(metric.name), "{} is shown nowhere", metric.name);
    }
}

#[test]
fn every_alert_looks_at_what_there_is_and_is_explained() {
    let page = text("docs/watching.md");
    let alerts = text("docs/watching/alerts.yaml");
    let read = Yaml::load_from_str(&alerts).unwrap();
    let rules = read[0]["groups"][0]["rules"].as_vec().unwrap();
    let mut names = BTreeSet::new();
    for rule in rules {
        let name = rule["alert"].as_str().unwrap();
        check(name, rule["expr"].as_str().unwrap());
        assert!(names.insert(name), "{name} is there twice");
        assert!(rule["annotations"]["summary"].as_str().is_some(), "{name}");
        assert!(["page", "ticket"].contains(&rule["labels"]["severity"].as_str().unwrap()));
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not explained");
    }
    assert!(names.len() >= 15, "{names:?}");
}

#[test]
fn the_page_lists_every_metric_with_its_labels() {
    let page = text("docs/watching.md");
    for metric in METRICS {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram(_) => "histogram",
        };
        let labels: Vec<_> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let line =
            format!("| `{}` | {kind} | {} | {} |", metric.name, labels.join(", "), metric.help);
        assert!(page.contains(&line), "docs/watching.md lacks\n{line}");
    }
}

#[test]
fn the_page_of_locks_has_a_row_for_each() {
    let page = text("docs/locks.md");
    for lock in LOCKS {
        assert!(page.contains(&format!("| `{lock}` |")), "docs/locks.md lacks `{lock}`");
    }
}
