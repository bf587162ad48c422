//! What `/metrics` shows, read and held against the list.

use castad_app::telemetry::list::{Kind, METRICS, Metric};

/// A line of a scrape.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: Vec<(String, String)>,
    pub(super) value: f64,
}

impl Sample {
    /// Whether it is of that name and has those labels among its own.
    pub(super) fn is(&self, name: &str, labels: &[(&str, &str)]) -> bool {
        let has = |(label, value): &(&str, &str)| {
            self.labels.iter().any(|(own, of_own)| own == label && of_own == value)
        };
        self.name == name && labels.iter().all(has)
    }
}

pub(super) fn samples(text: &str) -> Vec<Sample> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(sample).collect()
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let pairs = labels.trim_end_matches('}').split("\",").filter(|pair| !pair.is_empty());
    let labels = pairs.map(|pair| {
        let (label, value) = pair.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
        (label.to_owned(), value.trim_end_matches('"').to_owned())
    });
    Sample { name: name.to_owned(), labels: labels.collect(), value: value.parse().unwrap() }
}

/// The metric that shows under that name, be it a part of a histogram.
pub(super) fn metric(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| match metric.kind {
        Kind::Counter | Kind::Gauge => metric.name == name,
        Kind::Histogram(_) => ["_bucket", "_sum", "_count"]
            .iter()
            .any(|part| name.strip_suffix(part) == Some(metric.name)),
    })
}

/// Every sample is of a metric of the list, under its labels, and no label holds an id.
pub(super) fn check(samples: &[Sample]) {
    assert!(!samples.is_empty());
    for Sample { name, labels, .. } in samples {
        let metric = metric(name).unwrap_or_else(|| panic!("{name} is not listed"));
        for (label, value) in labels.iter().filter(|(label, _)| label != "le") {
            assert!(metric.labels.contains(&label.as_str()), "{name} has {label}");
            assert!(!looks_like_an_id(value), "{name} {label}={value}");
        }
    }
}

/// Long digits, our prefixes, addresses: what there is one of for each member, job or request.
fn looks_like_an_id(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let prefixes = ["prj_", "mem_", "job_", "att_", "req_", "evt_", "lyr_", "sng_", "vid_"];
    digits > 6 || value.contains("://") || prefixes.iter().any(|prefix| value.contains(prefix))
}

#[test]
fn ids_are_known_and_routes_are_not_taken_for_them() {
    for id in ["prj_01hz", "019ab0cd1234567", "http://x"] {
        assert!(looks_like_an_id(id), "{id}");
    }
    for word in ["/v1/projects/{id}", "POST", "0.1.0", "point:use:member:{id}"] {
        assert!(!looks_like_an_id(word), "{word}");
    }
}
