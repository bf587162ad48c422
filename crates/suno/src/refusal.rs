use castad_domain::port::{ProviderError, ProviderErrorKind};
use castad_http_client::Secret;
use chrono::TimeDelta;

use crate::{settings::Dialect, wire::Envelope};

/// The most that is logged of what the provider says.
const MOST_SAID: usize = 300;
/// How long to stay away after too many calls, where nothing else is said.
const SOON: TimeDelta = TimeDelta::seconds(10);
/// How long maintenance lasts at least.
const MAINTENANCE: TimeDelta = TimeDelta::minutes(5);
/// When it is worth asking again with a setting that somebody may have mended.
const MENDED: TimeDelta = TimeDelta::minutes(1);

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// To begin a job: the call that costs.
    Order,
    /// About a job that is paid for.
    Job,
    /// About the account.
    Account,
}

/// What an answer says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) code: Option<u16>,
    pub(crate) wait: Option<TimeDelta>,
}

impl Said {
    /// The number that counts: the envelope's, unless only the HTTP status tells of a fault.
    fn number(self) -> u16 {
        self.code.filter(|code| self.status == 200 || *code != 200).unwrap_or(self.status)
    }
}

/// What a code means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: ProviderErrorKind,
    pub(crate) wait: Option<TimeDelta>,
    pub(crate) text: &'static str,
}

/// What an answer means that is none; `None` when the request was taken.
///
/// Suno's 500 does not say whether the job was begun before, so an order that gets one may have
/// been taken.
pub(crate) fn refusal(asked: Asked, dialect: Dialect, said: Said) -> Option<Refusal> {
    use ProviderErrorKind::{Busy, NoSuchJob, Refused, Unknown};
    let told = said.code.is_some();
    // Nobody is asked to wait for money.
    let no_credit = told && dialect == Dialect::SunoApi && said.wait.is_none();
    let (kind, wait, text) = match said.number() {
        200 if told => return None,
        402 => (Refused, None, "the Suno account has no credit left"),
        429 if no_credit => (Refused, None, "the Suno account has no credit left"),
        405 | 430 if told => (Busy, Some(SOON), "Suno has had too many requests of this account"),
        429 => (Busy, Some(SOON), "Suno has had too many requests of this account"),
        455 => (Busy, Some(MAINTENANCE), "Suno is closed for maintenance"),
        401 | 403 => (Refused, None, "Suno does not take the key"),
        400 | 404 | 422 if told && asked == Asked::Job => (NoSuchJob, None, "Suno has no such job"),
        404 | 405 => (Refused, None, "Suno knows no such address"),
        408 => (Unknown, None, "Suno waited too long"),
        413 => (Refused, None, "Suno finds the request too long"),
        300..=399 => (Refused, None, "Suno's address leads on to another"),
        400..=499 => (Refused, None, "Suno does not take the request"),
        _ => (Unknown, None, "Suno gave no clear answer"),
    };
    let wait = said.wait.or(wait).filter(|_| kind != Refused && kind != NoSuchJob);
    Some(match (kind, asked) {
        // What is paid for is not given up over what a person can mend meanwhile.
        (Refused, Asked::Job) => Refusal { kind: Busy, wait: Some(MENDED), text },
        _ => Refusal { kind, wait, text },
    })
}

/// The error of an answer that is none, with Suno's number; what it says besides is logged.
pub(crate) fn refused(
    refusal: Refusal,
    said: Said,
    envelope: Option<Envelope>,
    key: &Secret,
) -> ProviderError {
    let number = said.number();
    // What is said of a wrong key may repeat it.
    let message = envelope.and_then(|envelope| envelope.msg).filter(|_| number != 401);
    let told: Option<String> = message.map(|text| short(&text, key));
    let (status, code) = (said.status, said.code);
    tracing::info!(http.status = status, code, told, "the request was refused");

    let error = ProviderError::new(refusal.kind, refusal.text).with_code(number.to_string());
    match refusal.wait {
        Some(wait) => error.with_wait(wait),
        None => error,
    }
}

/// As much of the provider's words as is logged, without the key.
pub(crate) fn short(text: &str, key: &Secret) -> String {
    key.blotted(text).chars().take(MOST_SAID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        asked: Asked,
        dialect: Dialect,
        said: Said,
    ) -> Option<(ProviderErrorKind, Option<i64>)> {
        let told = refusal(asked, dialect, said)?;
        Some((told.kind, told.wait.map(|wait| wait.num_seconds())))
    }

    fn said(status: u16, code: Option<u16>) -> Said {
        Said { status, code, wait: None }
    }

    #[test]
    fn every_code_of_an_order_says_what_the_caller_may_do() {
        use ProviderErrorKind::{Busy, Refused, Unknown};
        for (status, code, kind, wait) in [
            (200, Some(400), Refused, None),
            (200, Some(401), Refused, None),
            (200, Some(402), Refused, None),
            (200, Some(404), Refused, None),
            (200, Some(405), Busy, Some(10)),
            (200, Some(413), Refused, None),
            (200, Some(422), Refused, None),
            (200, Some(429), Refused, None),
            (200, Some(430), Busy, Some(10)),
            (200, Some(455), Busy, Some(300)),
            (200, Some(500), Unknown, None),
            (200, Some(531), Unknown, None),
            (200, None, Unknown, None),
            (405, Some(405), Busy, Some(10)),
            (405, None, Refused, None),
            (429, Some(429), Refused, None),
            (429, Some(200), Refused, None),
            (429, None, Busy, Some(10)),
            (430, Some(430), Busy, Some(10)),
            (401, None, Refused, None),
            (403, None, Refused, None),
            (307, None, Refused, None),
            (408, None, Unknown, None),
            (500, Some(500), Unknown, None),
            (500, Some(200), Unknown, None),
            (500, None, Unknown, None),
            (502, None, Unknown, None),
            (504, None, Unknown, None),
        ] {
            let told = read(Asked::Order, Dialect::SunoApi, said(status, code));
            assert_eq!(told, Some((kind, wait)), "{status} {code:?}");
        }
        assert_eq!(refusal(Asked::Order, Dialect::SunoApi, said(200, Some(200))), None);
    }

    #[test]
    fn a_job_that_is_paid_for_is_given_up_only_if_there_is_none() {
        use ProviderErrorKind::{Busy, NoSuchJob, Unknown};
        for (status, code, kind, wait) in [
            (200, Some(404), NoSuchJob, None),
            (404, Some(404), NoSuchJob, None),
            (200, Some(422), NoSuchJob, None),
            (404, None, Busy, Some(60)),
            (200, Some(401), Busy, Some(60)),
            (200, Some(429), Busy, Some(60)),
            (307, None, Busy, Some(60)),
            (200, Some(430), Busy, Some(10)),
            (200, Some(500), Unknown, None),
            (502, None, Unknown, None),
        ] {
            let told = read(Asked::Job, Dialect::SunoApi, said(status, code));
            assert_eq!(told, Some((kind, wait)), "{status} {code:?}");
        }
    }

    #[test]
    fn a_wait_that_is_named_counts_and_none_is_for_what_waiting_does_not_mend() {
        use ProviderErrorKind::{Busy, Refused};
        let wait = Some(TimeDelta::seconds(7));
        for (code, kind, waits) in [
            (430, Busy, Some(7)),
            (405, Busy, Some(7)),
            (455, Busy, Some(7)),
            (429, Busy, Some(7)),
            (401, Refused, None),
        ] {
            let told = Said { status: 200, code: Some(code), wait };
            assert_eq!(read(Asked::Order, Dialect::SunoApi, told), Some((kind, waits)), "{code}");
        }
    }

    #[test]
    fn kie_names_money_by_another_number() {
        use ProviderErrorKind::{Busy, Refused};
        for (code, kind, wait) in [(402, Refused, None), (429, Busy, Some(10))] {
            let told = read(Asked::Order, Dialect::Kie, said(200, Some(code)));
            assert_eq!(told, Some((kind, wait)), "{code}");
        }
    }
}
