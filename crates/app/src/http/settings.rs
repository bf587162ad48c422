//! Settings that an admin changes while the program runs.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, SettingChange, SettingKey, Settings, SettingsVersion},
    usecase::{ChangeSetting, SettingOrder},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    access::Admin,
    asked::Asked,
    docs::{Found, Listed, Set},
    params::{Id, NoParams},
    problem::Problem,
    shown::text,
    views::time,
};

/// How many of the last changes are told with the settings.
const TAIL: u32 = 20;

/// A setting.
#[derive(Serialize, ToSchema)]
#[schema(as = Setting)]
pub(super) struct SettingBody {
    /// Its name.
    #[schema(example = "max_balance")]
    key: String,
    /// What it is.
    value: i64,
    /// How often the settings were changed, all of them together.
    version: i64,
}

/// A setting with its last changes.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingWithHistory)]
pub(super) struct SettingWithHistoryBody {
    /// The setting.
    #[serde(flatten)]
    setting: SettingBody,
    /// Its last changes, newest first.
    history: Vec<SettingChangeBody>,
}

/// All settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub(super) struct SettingsBody {
    /// Each with its value.
    items: Vec<SettingBody>,
    /// How often they were changed.
    version: i64,
    /// The last changes of any, newest first.
    history: Vec<SettingChangeBody>,
}

/// A change of a setting.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingChange)]
pub(super) struct SettingChangeBody {
    /// The setting.
    key: String,
    /// What it was.
    old: i64,
    /// What it is since.
    new: i64,
    /// The member who changed it.
    by: String,
    /// When.
    at: String,
    /// The version that the change made.
    version: i64,
}

/// What a setting is to be.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewSetting {
    /// The value.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 10_000_000)]
    value: i64,
    /// Which version you have seen: the change is refused if there is a later one.
    version: Option<u64>,
}

impl SettingBody {
    fn new(settings: &Settings, key: SettingKey) -> Self {
        let SettingsVersion(version) = settings.version;
        Self { key: key.name().to_owned(), value: settings.value(key), version }
    }
}

impl From<&SettingChange> for SettingChangeBody {
    fn from(change: &SettingChange) -> Self {
        Self {
            key: change.key.name().to_owned(),
            old: change.old,
            new: change.new,
            by: change.by.to_string(),
            at: time(change.at),
            version: change.version.0,
        }
    }
}

/// All settings, with their last changes.
#[utoipa::path(
    get, path = "/v1/admin/config", operation_id = "list_settings",
    tag = "admin",
    responses((status = 200, body = SettingsBody), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    _: NoParams,
) -> Result<Json<SettingsBody>, Problem> {
    let settings = app.ports.settings.newest().await?;
    let history = app.ports.settings.history(None, TAIL).await?;
    let items = SettingKey::ALL.iter().map(|&key| SettingBody::new(&settings, key)).collect();
    let history = history.iter().map(SettingChangeBody::from).collect();
    Ok(Json(SettingsBody { items, version: settings.version.0, history }))
}

/// A setting, with its last changes.
#[utoipa::path(
    get, path = "/v1/admin/config/{key}", operation_id = "show_setting",
    tag = "admin", params(("key" = String, Path)),
    responses((status = 200, body = SettingWithHistoryBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(key): Id<SettingKey>,
    _: NoParams,
) -> Result<Json<SettingWithHistoryBody>, Problem> {
    let settings = app.ports.settings.newest().await?;
    let history = app.ports.settings.history(Some(key), TAIL).await?;
    let history = history.iter().map(SettingChangeBody::from).collect();
    Ok(Json(SettingWithHistoryBody { setting: SettingBody::new(&settings, key), history }))
}

/// Change a setting.
#[utoipa::path(
    put, path = "/v1/admin/config/{key}", operation_id = "change_setting",
    tag = "admin", params(("key" = String, Path)),
    request_body = NewSetting, responses((status = 200, body = SettingBody), Set)
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(key): Id<SettingKey>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let (value, seen) = (form.integer("value"), form.number("version"));
    form.finish()?;
    let Some(value) = value else { return Err(Problem::invalid(Vec::new())) };
    // No version is beyond the bound: one that is was never seen.
    let seen = seen.map(|seen| SettingsVersion(i64::try_from(seen).unwrap_or(i64::MAX)));
    let (by, wanted) = (asked.by(), SettingOrder { key, value, seen });
    let answer = |settings: &Settings| {
        let body = text(&SettingBody::new(settings, key));
        Answer { status: 200, location: None, body }
    };
    let order = ChangeSetting::new(&app.ports);
    asked
        .carry_out(&app, &answer, |receipt| async move { order.run(by, wanted, receipt).await })
        .await
}
