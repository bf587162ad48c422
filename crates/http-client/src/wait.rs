use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderMap;

/// A longer wait is not believed.
const MOST: TimeDelta = TimeDelta::hours(24);

/// How long a provider wants to be left alone: its `Retry-After`, or when a limit that is used up is
/// filled again.
pub(crate) fn wait(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let told = header("retry-after-ms")
        .and_then(|text| number(text, "ms"))
        .or_else(|| header("retry-after").and_then(|text| number(text, "s").or(date(text, now))));
    let filled = || {
        let buckets = ["requests", "tokens", "project-tokens"].into_iter();
        let used_up = buckets.filter(|bucket| {
            header(&format!("x-ratelimit-remaining-{bucket}"))
                .is_some_and(|left| left.trim() == "0")
        });
        let resets = used_up
            .filter_map(|bucket| header(&format!("x-ratelimit-reset-{bucket}")).and_then(duration));
        resets.max()
    };
    told.or_else(filled).filter(|wait| *wait > TimeDelta::zero()).map(|wait| wait.min(MOST))
}

/// The format of a date in HTTP is one of those of mail.
fn date(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    DateTime::parse_from_rfc2822(text.trim()).ok().map(|at| at.to_utc() - now)
}

/// `6m0s`, `120ms`, `1h2.5s`.
fn duration(text: &str) -> Option<TimeDelta> {
    let mut rest = text.trim();
    let mut whole = TimeDelta::zero();
    while !rest.is_empty() {
        let unit = rest.find(|c: char| c.is_ascii_alphabetic())?;
        let end =
            rest[unit..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |n| unit + n);
        whole = whole.checked_add(&number(&rest[..unit], &rest[unit..end])?)?;
        rest = &rest[end..];
    }
    Some(whole)
}

fn number(text: &str, unit: &str) -> Option<TimeDelta> {
    let number: f64 = text.trim().parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0)?;
    let millis = match unit {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        "d" => 86_400_000.0,
        _ => return None,
    };
    let most = MOST.num_milliseconds();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "at most a day"
    )]
    let whole = (number * millis).ceil().min(most as f64) as i64;
    Some(TimeDelta::milliseconds(whole))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn read(headers: &[(&str, &str)]) -> Option<TimeDelta> {
        let now = DateTime::parse_from_rfc3339("1994-11-06T08:49:00Z").unwrap().to_utc();
        let header = |(name, value): &(&str, &str)| {
            (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap())
        };
        wait(&headers.iter().map(header).collect(), now)
    }

    #[test]
    fn every_way_to_ask_for_a_wait_is_understood() {
        let (left, reset) = ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests");
        let (no_tokens, tokens) = ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens");
        for (headers, millis) in [
            (vec![("retry-after", "7")], 7_000),
            (vec![("retry-after", " 0.5 ")], 500),
            (vec![("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")], 37_000),
            (vec![("retry-after", "7"), ("retry-after-ms", "250")], 250),
            (vec![("retry-after", "7"), (left, "0"), (reset, "1h")], 7_000),
            (vec![(left, "0"), (reset, "6m0s")], 360_000),
            (vec![(left, "0"), (reset, "1s"), (no_tokens, "0"), (tokens, "1m2.5s")], 62_500),
            (vec![(left, "0"), (reset, "120ms")], 120),
            (vec![("retry-after", "99999999999999999999")], 86_400_000),
        ] {
            assert_eq!(read(&headers), Some(TimeDelta::milliseconds(millis)), "{headers:?}");
        }
    }

    #[test]
    fn what_asks_for_no_wait_or_makes_no_sense_gives_none() {
        let (left, reset) = ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests");
        for headers in [
            vec![],
            vec![("retry-after", "soon")],
            vec![("retry-after", "-3")],
            vec![("retry-after", "NaN")],
            vec![("retry-after", "Sun, 06 Nov 1994 08:48:37 GMT")],
            vec![(left, "3"), (reset, "1s")],
            vec![(left, "0"), (reset, "-1")],
            vec![(left, "0"), (reset, "1y")],
            vec![(left, "-1"), (reset, "0")],
        ] {
            assert_eq!(read(&headers), None, "{headers:?}");
        }
    }
}
