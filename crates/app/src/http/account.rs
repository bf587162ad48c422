//! What a member has here: their account and their keys.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{
        Account, Answer, ApiKey, Caller, KeyId, KeyLifetime, KeyName, KeyTerms, Language,
        PersonName, ProfileChange, Role, Scope, Scopes,
    },
    usecase::{ChangeAccount, CreateKey, KeyOrder, RevokeKey},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    App,
    access::Who,
    asked::Asked,
    books::whole,
    docs::{Changed, ChangedOne, Found, Listed, PageParams},
    form::Form,
    params::{Id, NoParams, Params},
    problem::Problem,
    shown::{shown, text},
    views::{ListBody, time},
};
use crate::secret::Secret;

/// Who you are here.
#[derive(Serialize, ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountBody {
    /// The member.
    id: String,
    /// What you are called.
    name: String,
    /// The address that you log in with, if you registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    /// What your key or session allows: `member` or `admin`.
    role: String,
    /// The language that you are written to in: `ko` or `en`.
    language: String,
    /// What you are told by mail.
    notify: NotifyBody,
    /// When you joined.
    joined_at: String,
}

/// What a member is told by mail.
#[derive(Serialize, ToSchema)]
#[schema(as = Notify)]
pub(super) struct NotifyBody {
    /// That a video is finished.
    finished: bool,
    /// That a stage failed.
    failed: bool,
    /// That points are about to expire.
    expiring: bool,
}

impl AccountBody {
    fn new(Account { member, profile }: &Account, role: Role) -> Self {
        let email = profile.credentials.as_ref().map(|kept| kept.email.as_str().to_owned());
        let notify = profile.notify;
        Self {
            id: member.id.to_string(),
            name: profile.name.as_str().to_owned(),
            email,
            role: role.name().to_owned(),
            language: profile.language.code().to_owned(),
            notify: NotifyBody {
                finished: notify.finished,
                failed: notify.failed,
                expiring: notify.expiring,
            },
            joined_at: time(member.joined_at),
        }
    }
}

/// What changes of an account; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct AccountChange {
    /// Another name.
    #[schema(min_length = 1, max_length = 50)]
    name: Option<String>,
    /// Another language: `ko` or `en`.
    language: Option<String>,
    /// What to be told by mail.
    notify: Option<NotifyChange>,
}

/// What changes of what a member is told; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NotifyChange {
    /// That a video is finished.
    finished: Option<bool>,
    /// That a stage failed.
    failed: Option<bool>,
    /// That points are about to expire.
    expiring: Option<bool>,
}

fn read_change(mut form: Form) -> Result<ProfileChange, Problem> {
    let name = form.optional("name", PersonName::parse);
    let language = form.optional("language", str::parse::<Language>);
    let [finished, failed, expiring] = form.object("notify", |notify| {
        [notify.flag("finished"), notify.flag("failed"), notify.flag("expiring")]
    });
    form.finish()?;
    Ok(ProfileChange { name, language, finished, failed, expiring })
}

/// Your account.
#[utoipa::path(
    get, path = "/v1/account", operation_id = "show_account",
    tag = "members",
    responses((status = 200, body = AccountBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    _: NoParams,
) -> Result<Json<AccountBody>, Problem> {
    let account = app.ports.members.account(caller.member).await?;
    let account = account.ok_or_else(Problem::not_found)?;
    Ok(Json(AccountBody::new(&account, caller.role)))
}

/// Change your name, your language, or what you are told by mail.
#[utoipa::path(
    patch, path = "/v1/account", operation_id = "change_account",
    tag = "members", request_body = Option<AccountChange>,
    responses((status = 200, body = AccountBody), ChangedOne)
)]
pub(super) async fn change(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let change = read_change(asked.form()?)?;
    let Caller { member, role, .. } = asked.caller;
    let answer = |account: &Account| {
        let body = text(&AccountBody::new(account, role));
        Answer { status: 200, location: None, body }
    };
    let order = ChangeAccount::new(&app.ports);
    let order = |receipt| async { order.run(member, &change, receipt).await };
    asked.carry_out(&app, &answer, order).await
}

/// A key that is wanted.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewKey {
    /// What to call it.
    #[schema(max_length = 50, example = "ci")]
    name: Option<String>,
    /// What it allows: `member`, or `admin` for who is one.
    #[schema(default = "member")]
    role: Option<String>,
    /// What it is for: some of `read`, `produce`, `points`, `account` and `admin`. Everything that its
    /// role allows, if nothing is said.
    #[schema(min_items = 1, example = json!(["read", "produce"]))]
    scopes: Option<Vec<String>>,
    /// After how many days it opens nothing any more; never, if nothing is said.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

/// The scopes that are named; at least one.
fn read_scopes(value: &Value) -> Result<Scopes, String> {
    let items = value.as_array().ok_or("must be a list of scopes")?;
    let words = items.iter().map(|item| item.as_str().unwrap_or_default().parse::<Scope>());
    let named = words.collect::<Result<Vec<_>, _>>().map_err(|unknown| unknown.to_string())?;
    Scopes::of(named).ok_or_else(|| "must name a scope, or not be there: for everything".to_owned())
}

fn read_key(mut form: Form) -> Result<(Option<KeyName>, KeyTerms), Problem> {
    let name = form.optional("name", KeyName::parse);
    let role = form.optional("role", Role::from_name).unwrap_or(Role::Member);
    let scopes = form.value("scopes", read_scopes).unwrap_or(Scopes::EVERYTHING);
    let lifetime = form.value("expires_in_days", whole(KeyLifetime::days));
    form.finish()?;
    Ok((name, KeyTerms { role, scopes, lifetime }))
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
pub(super) struct KeyBody {
    /// The key's id; it opens nothing.
    id: String,
    /// What it is called.
    name: Option<String>,
    /// What it allows: `member` or `admin`.
    role: String,
    /// What it is for; `null` where it is everything that its role allows.
    scopes: Option<Vec<&'static str>>,
    /// When it was made.
    created_at: String,
    /// When it opens nothing any more; `null` where that is never.
    expires_at: Option<String>,
    /// Whether it opens nothing any more.
    expired: bool,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = KeyCreated)]
pub(super) struct NewKeyBody {
    /// The key itself: it is shown this once, and `null` in an answer that is given again.
    key: Option<String>,
    /// The rest.
    #[serde(flatten)]
    about: KeyBody,
}

impl KeyBody {
    fn at(key: &ApiKey, now: DateTime<Utc>) -> Self {
        let names = |scopes: Vec<Scope>| scopes.into_iter().map(Scope::name).collect();
        Self {
            id: key.id.to_string(),
            name: key.name.as_ref().map(|name| name.as_str().to_owned()),
            role: key.role.name().to_owned(),
            scopes: key.scopes.named().map(names),
            created_at: time(key.created_at),
            expires_at: key.expires_at.map(time),
            expired: key.has_expired(now),
        }
    }
}

/// Make a key. It is shown this once. A key makes none that may more than itself, or for longer.
#[utoipa::path(
    post, path = "/v1/keys", operation_id = "create_key",
    tag = "members", request_body = Option<NewKey>,
    responses((status = 201, body = NewKeyBody), Changed)
)]
pub(super) async fn create_key(
    State(app): State<Arc<App>>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (name, terms) = read_key(asked.form()?)?;
    let by = (asked.caller, asked.by().request);
    let secret = Secret::fresh(Secret::KEY);
    let wanted = KeyOrder { name, terms, hash: secret.hash() };
    let answer = |key: &ApiKey, secret: Option<&Secret>| {
        let key_text = secret.map(|secret| secret.reveal().to_owned());
        let about = KeyBody::at(key, key.created_at);
        let body = text(&NewKeyBody { key: key_text, about });
        Answer { status: 201, location: None, body }
    };
    // Kept is an answer without the secret: nobody finds it in the database.
    let (kept, first) =
        (|key: &ApiKey| answer(key, None), |key: &ApiKey| answer(key, Some(&secret)));
    let order = CreateKey::new(&app.ports);
    let order = |receipt| async { order.run(by, &wanted, receipt).await };
    asked.carry_out_once(&app, &kept, &first, order).await
}

/// Your keys, newest first, without their secrets.
#[utoipa::path(
    get, path = "/v1/keys", operation_id = "list_keys",
    tag = "members", params(PageParams),
    responses((status = 200, body = ListBody<KeyBody>), Listed)
)]
pub(super) async fn keys(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<KeyBody>>, Problem> {
    let page = params.page(KeyId::to_bits)?;
    let keys = app.ports.members.keys(caller.member, page).await?;
    let now = app.ports.clock.now();
    Ok(shown(&keys, page, |key| key.id.to_string(), |key| KeyBody::at(key, now)))
}

/// Revoke a key: it opens nothing any more.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", operation_id = "revoke_key",
    tag = "members", params(("id" = String, Path)),
    responses((status = 204, description = "revoked"), ChangedOne)
)]
pub(super) async fn revoke_key(
    State(app): State<Arc<App>>,
    Id(id): Id<KeyId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let (by, key) = (asked.by(), (asked.caller.member, id));
    let answer = |_: &ApiKey| Answer { status: 204, location: None, body: String::new() };
    let (order, access) = (RevokeKey::new(&app.ports), app.access.clone());
    let order = |receipt| async move {
        let revoked = order.run(by, key, receipt).await;
        if let Ok(key) = &revoked {
            access.forget(&key.hash);
        }
        revoked
    };
    asked.carry_out(&app, &answer, order).await
}
