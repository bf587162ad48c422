use anyhow::anyhow;
use castad_domain::{
    model::{Credit, LotKind, MemberId},
    usecase::Accumulate,
};

use super::{OK, say};
use crate::{config::Config, wire::Wired};

/// Gives points by hand, beside a program that serves or without one.
pub(super) async fn grant(
    config: Config,
    amount: i64,
    member: Option<MemberId>,
    json: bool,
) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let by = wired.owner().await?.member;
    let to = member.unwrap_or(by);
    let credit = Credit { kind: LotKind::Manual, amount, lifetime: None, source: None };
    let granted = Accumulate::new(&wired.ports).run(by, to, credit, None).await;
    let lot = granted.map_err(|error| anyhow!("no points were granted: {error}"))?;
    let now = wired.ports.clock.now();
    let balance = wired.ports.points.balance(to, now, now).await?.available;
    if json {
        let told = serde_json::json!({
            "key": lot.id.to_string(), "member_id": to.to_string(), "amount": amount,
            "balance": balance,
        });
        say(&told.to_string());
    } else {
        say(&format!("{amount} points granted as {}; the balance is {balance}", lot.id));
    }
    wired.close().await;
    Ok(OK)
}
