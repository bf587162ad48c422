use std::collections::BTreeSet;

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use super::{
    contests,
    crew::{Crew, Runner, count},
    verdict::Verdict,
};
use crate::cli::Race;

/// How many wait for their outcome at once.
const HANDS: usize = 32;
/// How often the outcome is asked for, each time for as long as an instance holds it back.
const LOOKS: usize = 4;

/// What became of a place.
struct Outcome {
    place: i64,
    number: Option<i64>,
    /// Why it is none, or that it still waits.
    otherwise: Option<String>,
}

/// Everybody takes a place in the line of a campaign with `items` coupons and waits for what comes
/// of it.
pub(super) async fn coupon(crew: &Crew, flags: &Race) -> anyhow::Result<Verdict> {
    let runners = crew.runners(flags.clients).await?;
    let path = contests::campaign(crew, flags, "queue").await?;
    let wishes = runners.iter().map(|who| (who.clone(), path.clone(), json!({}))).collect();
    let shots = crew.fire(wishes).await;
    let placed = shots.iter().filter_map(|shot| match &shot.end {
        Ok((202, told)) => Some((&runners[shot.turn], told.clone())),
        Ok(_) | Err(_) => None,
    });
    let waits = placed.map(|(who, told)| async move { outcome(crew, who, &told).await });
    let waits: Vec<_> = waits.collect();

    let mut verdict = contests::verdict("coupon", flags);
    count(&mut verdict, shots);
    let outcomes = stream::iter(waits).buffer_unordered(HANDS).try_collect().await?;
    judge(&mut verdict, outcomes);
    Ok(verdict)
}

async fn outcome(crew: &Crew, who: &Runner, told: &Value) -> anyhow::Result<Outcome> {
    let id = told["request_id"].as_str().context("a place has no request_id")?;
    let path = format!("/v1/claims/{id}");
    let mut stood = Value::Null;
    for _ in 0..LOOKS {
        stood = crew.await_read(who, &path).await?;
        if stood["status"] != "waiting" {
            break;
        }
    }
    let number = stood["number"].as_i64();
    let why = stood["reason"]["code"].as_str().or(stood["status"].as_str());
    let otherwise = why.filter(|_| number.is_none()).map(str::to_owned);
    let place = stood["place"].as_i64().context("a claim has no place")?;
    Ok(Outcome { place, number, otherwise })
}

/// By the rules the n-th place has the n-th coupon, as long as there are some.
fn judge(verdict: &mut Verdict, mut outcomes: Vec<Outcome>) {
    outcomes.sort_by_key(|outcome| outcome.place);
    let items = i64::try_from(verdict.items).unwrap_or(i64::MAX);
    let due = |n: i64| (n <= items).then_some(n);
    let in_turn = |(outcome, n): &(&Outcome, i64)| outcome.number == due(*n);
    verdict.out_of_turn = outcomes.len() - outcomes.iter().zip(1..).filter(in_turn).count();

    let numbers: Vec<i64> = outcomes.iter().filter_map(|outcome| outcome.number).collect();
    let apart: BTreeSet<_> = numbers.iter().collect();
    let places: BTreeSet<_> = outcomes.iter().map(|outcome| outcome.place).collect();
    let most = numbers.iter().max().copied().unwrap_or_default();
    verdict.succeeded = numbers.len();
    verdict.over_issued = numbers.len().saturating_sub(verdict.items);
    verdict.doubles = numbers.len() - apart.len() + outcomes.len() - places.len();
    verdict.gaps = usize::try_from(most).unwrap_or_default().saturating_sub(apart.len());
    for why in outcomes.into_iter().filter_map(|outcome| outcome.otherwise) {
        let of = if why == "sold_out" { &mut verdict.refused } else { &mut verdict.failed };
        *of.entry(why).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(outcomes: &[(i64, Option<i64>)]) -> Verdict {
        let mut verdict = Verdict { clients: outcomes.len(), items: 2, ..Verdict::default() };
        let outcome = |&(place, number): &(i64, Option<i64>)| {
            let otherwise = number.is_none().then(|| "sold_out".to_owned());
            Outcome { place, number, otherwise }
        };
        judge(&mut verdict, outcomes.iter().map(outcome).collect());
        verdict
    }

    #[test]
    fn coupons_go_to_the_first_places_in_their_order() {
        let fair = verdict(&[(3, None), (1, Some(1)), (2, Some(2))]);
        assert!(fair.is_fair(), "{fair}");
        assert_eq!((fair.succeeded, fair.refused["sold_out"]), (2, 1));
    }

    #[test]
    fn whatever_is_out_of_turn_is_found() {
        for outcomes in [
            [(1, Some(2)), (2, Some(1)), (3, None)],
            [(1, Some(1)), (2, None), (3, Some(2))],
            [(1, Some(1)), (1, Some(2)), (3, None)],
            [(1, Some(1)), (2, Some(1)), (3, None)],
            [(1, Some(1)), (2, Some(2)), (3, Some(3))],
            [(1, Some(1)), (2, None), (3, None)],
        ] {
            let unfair = verdict(&outcomes);
            assert!(!unfair.is_fair(), "{unfair}");
        }
    }

    #[test]
    fn who_still_waits_has_not_been_served() {
        let mut verdict = Verdict { clients: 1, items: 1, ..Verdict::default() };
        let otherwise = Some("waiting".to_owned());
        judge(&mut verdict, vec![Outcome { place: 1, number: None, otherwise }]);
        assert_eq!((verdict.is_fair(), verdict.failed["waiting"]), (false, 1));
    }
}
