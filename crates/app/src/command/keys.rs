use castad_domain::{
    model::Role,
    usecase::{IssueKey, OWNER},
};

use super::{OK, say};
use crate::{config::Config, secret::Secret, wire::Wired};

pub(super) async fn create(
    config: Config,
    role: Option<Role>,
    member: Option<&str>,
    json: bool,
) -> anyhow::Result<u8> {
    let wired = Wired::open(&config).await?;
    let name = member.unwrap_or(OWNER);
    let role = role.unwrap_or(if name == OWNER { Role::Admin } else { Role::Member });
    let secret = Secret::fresh(Secret::KEY);
    let issued = IssueKey::new(&wired.ports).run(name, role, secret.hash()).await?;
    let (id, key) = (issued.key.id.to_string(), secret.reveal());
    if json {
        let member = issued.member.id.to_string();
        let told =
            serde_json::json!({"id": id, "key": key, "member_id": member, "role": role.name()});
        say(&told.to_string());
    } else {
        let joined = if issued.joined { ", who is new," } else { "" };
        say(&format!(
            "a key of {name}{joined} as {}; it is shown this once:\n\n  {key}\n",
            role.name()
        ));
    }
    wired.close().await;
    Ok(OK)
}
