use anyhow::{Context, anyhow};
use castad_domain::{
    model::{ApiKey, KeyId, KeyName, KeyTerms, Member, Role, Scope, Scopes},
    port::{MAX_PAGE, Page},
    usecase::{IssueKey, OWNER, RevokeKey},
};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{OK, say};
use crate::{cli::NewKey, config::Config, secret::Secret, wire::Wired};

pub(super) async fn create(config: Config, wanted: &NewKey) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let name = wanted.member.as_deref().unwrap_or(OWNER);
    let role = wanted.role.unwrap_or(if name == OWNER { Role::Admin } else { Role::Member });
    let scopes = Scopes::of(wanted.scopes.iter().copied()).unwrap_or(Scopes::EVERYTHING);
    let terms = KeyTerms { role, scopes, lifetime: wanted.expires_in_days };
    let secret = Secret::fresh(Secret::KEY);
    let issue = IssueKey::new(&wired.ports);
    // Before there is an owner nobody could have ordered it.
    let issue = match issue.find(OWNER).await? {
        Some(owner) => issue.ordered_by(owner.id),
        None => issue,
    };
    let issued = issue.run(name, terms, secret.hash()).await?;
    let key = secret.reveal();
    if wanted.json {
        let mut told = about(&issued.key, issued.key.created_at);
        told["key"] = key.into();
        told["member_id"] = issued.member.id.to_string().into();
        say(&told.to_string());
    } else {
        let joined = if issued.joined { ", who is new," } else { "" };
        let until = issued
            .key
            .expires_at
            .map_or_else(String::new, |end| format!(", good until {}", time(end)));
        say(&format!(
            "a key of {name}{joined} as {} for {scopes}{until}; it is shown this once:\n\n  {key}\n",
            role.name()
        ));
    }
    wired.close().await;
    Ok(OK)
}

pub(super) async fn list(config: Config, name: Option<&str>, json: bool) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let member = member(&wired, name).await?;
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = Page { limit: MAX_PAGE, after };
        let found = wired.ports.members.keys(member.id, page).await?;
        let Some(last) = found.last() else { break };
        after = Some(last.id.to_bits());
        keys.extend(found);
    }
    let now = wired.ports.clock.now();
    if json {
        say(&keys.iter().map(|key| about(key, now)).collect::<Value>().to_string());
    } else {
        for key in &keys {
            say(&line(key, now));
        }
    }
    wired.close().await;
    Ok(OK)
}

pub(super) async fn revoke(
    config: Config,
    (id, name): (KeyId, Option<&str>),
    json: bool,
) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let member = member(&wired, name).await?;
    let by = wired.owner().await?.member;
    let revoked = RevokeKey::new(&wired.ports).run(by, (member.id, id), None).await;
    revoked.map_err(|error| anyhow!("nothing was revoked: {error}"))?;
    if json {
        say(&json!({"id": id.to_string()}).to_string());
    } else {
        say(&format!("{id} opens nothing any more; a program that serves may let it in for 5 s"));
    }
    wired.close().await;
    Ok(OK)
}

async fn member(wired: &Wired, name: Option<&str>) -> anyhow::Result<Member> {
    let name = name.unwrap_or(OWNER);
    let found = IssueKey::new(&wired.ports).find(name).await?;
    found.with_context(|| format!("nobody is called {name} here"))
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// All of a key but its secret.
fn about(key: &ApiKey, now: DateTime<Utc>) -> Value {
    let scopes = key.scopes.named();
    let scopes = scopes.map(|named| named.into_iter().map(Scope::name).collect::<Vec<_>>());
    json!({
        "id": key.id.to_string(),
        "name": key.name.as_ref().map(KeyName::as_str),
        "role": key.role.name(),
        "scopes": scopes,
        "created_at": time(key.created_at),
        "expires_at": key.expires_at.map(time),
        "expired": key.has_expired(now),
    })
}

fn line(key: &ApiKey, now: DateTime<Utc>) -> String {
    let end = match key.expires_at {
        None => "never expires".to_owned(),
        Some(end) if key.has_expired(now) => format!("expired {}", time(end)),
        Some(end) => format!("expires {}", time(end)),
    };
    let name = key.name.as_ref().map_or("-", |name| name.as_str());
    format!("{}  {:<6}  {}  {end}  {name}", key.id, key.role.name(), key.scopes)
}
