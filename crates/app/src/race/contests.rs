use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use castad_domain::port::Clock;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    crew::{Crew, count},
    verdict::Verdict,
};
use crate::{cli::Race, system::SystemClock};

/// What one use costs.
const PRICE: i64 = 1_000;
/// The most points that are given at once.
const GRANT: i64 = 100_000;

pub(super) fn verdict(contest: &'static str, flags: &Race) -> Verdict {
    Verdict { contest, clients: flags.clients, items: flags.items, ..Verdict::default() }
}

/// Everybody spends from one account, which has enough for `items` of them.
pub(super) async fn points(crew: &Crew, flags: &Race) -> anyhow::Result<Verdict> {
    let member = crew.runners(1).await?.remove(0);
    let granted = PRICE * i64::try_from(flags.items)?;
    let mut left = granted;
    while left > 0 {
        let amount = left.min(GRANT);
        let body = json!({"member_id": member.id, "amount": amount, "kind": "bonus"});
        crew.admin("/v1/points/accumulations", &body).await?;
        left -= amount;
    }
    let shot = |n: usize| {
        let number = format!("RACE-{}-{n}", crew.mark);
        let body = json!({"order_number": number, "amount": PRICE});
        (member.clone(), "/v1/points/usages".to_owned(), body)
    };
    let mut verdict = verdict("points", flags);
    let shots = crew.fire((0..flags.clients).map(shot).collect()).await;
    count(&mut verdict, shots);
    verdict.expected = Some(granted - PRICE * i64::try_from(verdict.succeeded)?);
    let balance = crew.read(&member, "/v1/points/balance").await?;
    verdict.found = balance["available"].as_i64();
    Ok(verdict)
}

/// Makes a campaign with `items` coupons, and says where they are claimed.
pub(super) async fn campaign(crew: &Crew, flags: &Race, mode: &str) -> anyhow::Result<String> {
    let campaign = json!({
        "name": format!("race {}", crew.mark), "total": flags.items,
        "discount": {"percent": 10}, "minimum_order": 1_000, "valid_days": 1, "mode": mode,
    });
    let campaign = crew.admin("/v1/campaigns", &campaign).await?;
    Ok(format!("/v1/campaigns/{}/claim", id(&campaign)?))
}

/// Everybody claims a coupon of a campaign with `items` of them.
pub(super) async fn coupon(crew: &Crew, flags: &Race) -> anyhow::Result<Verdict> {
    let runners = crew.runners(flags.clients).await?;
    let path = campaign(crew, flags, "direct").await?;
    let shots = runners.iter().map(|who| (who.clone(), path.clone(), json!({}))).collect();
    let mut verdict = verdict("coupon", flags);
    let served = count(&mut verdict, crew.fire(shots).await);
    let numbers: Vec<i64> = served.iter().filter_map(|body| body["number"].as_i64()).collect();
    let apart: BTreeSet<_> = numbers.iter().collect();
    verdict.doubles = served.len() - apart.len();
    let most = numbers.iter().max().copied().unwrap_or_default();
    verdict.gaps = usize::try_from(most)?.saturating_sub(apart.len());
    Ok(verdict)
}

/// Everybody wants one of `items` slots.
pub(super) async fn slot(crew: &Crew, flags: &Race) -> anyhow::Result<Verdict> {
    let runners = crew.runners(flags.clients).await?;
    let day = (SystemClock::default().now() + TimeDelta::days(2)).date_naive();
    let channel = json!({
        "name": format!("race {}", crew.mark), "dates": [day.to_string()],
        "slots": flags.items, "price": PRICE, "queue": false,
    });
    let channel = crew.admin("/v1/channels", &channel).await?;
    let mut slots = Vec::new();
    let mut after = String::new();
    loop {
        let path = format!("/v1/channels/{}/slots?date={day}&limit=100{after}", id(&channel)?);
        let page = crew.read(&runners[0], &path).await?;
        let found = page["items"].as_array().context("the channel has no slots")?;
        slots.extend(found.iter().filter_map(|slot| slot["id"].as_str().map(str::to_owned)));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    anyhow::ensure!(slots.len() == flags.items, "the channel has {} slots", slots.len());
    let shot = |(n, who): (usize, &super::crew::Runner)| {
        (who.clone(), format!("/v1/slots/{}/hold", slots[n % slots.len()]), json!({}))
    };
    let mut verdict = verdict("slot", flags);
    let served =
        count(&mut verdict, crew.fire(runners.iter().enumerate().map(shot).collect()).await);
    let mut holds: BTreeMap<&str, usize> = BTreeMap::new();
    for hold in &served {
        *holds.entry(hold["slot_id"].as_str().unwrap_or_default()).or_default() += 1;
    }
    verdict.doubles = holds.values().map(|many| many - 1).sum();
    Ok(verdict)
}

/// Everybody orders a pack of which there are `items`.
pub(super) async fn order(crew: &Crew, flags: &Race) -> anyhow::Result<Verdict> {
    let runners = crew.runners(flags.clients).await?;
    let pack = json!({
        "name": format!("race {}", crew.mark), "points": PRICE, "price": PRICE, "stock": flags.items,
    });
    let pack = crew.admin("/v1/packs", &pack).await?;
    let body = json!({"pack_id": id(&pack)?, "quantity": 1});
    let shot = |who: &super::crew::Runner| (who.clone(), "/v1/orders".to_owned(), body.clone());
    let mut verdict = verdict("order", flags);
    let served = count(&mut verdict, crew.fire(runners.iter().map(shot).collect()).await);
    let apart: BTreeSet<_> = served.iter().filter_map(|order| order["id"].as_str()).collect();
    verdict.doubles = served.len() - apart.len();
    Ok(verdict)
}

fn id(of: &Value) -> anyhow::Result<&str> {
    of["id"].as_str().context("what was made has no id")
}
