//! Two processes at one database, one of which changes the settings.

use castad_contract::make;
use castad_domain::{
    model::{SettingChange, SettingKey, SettingsVersion},
    port::{SettingsReader, Store},
};
use castad_sql::Sql;

const NEVER: SettingsVersion = SettingsVersion(0);

async fn change(sql: &Sql, new: i64) -> SettingsVersion {
    let mut unit = sql.begin().await.expect("a unit begins");
    let settings = unit.settings().hold().await.expect("the settings are held");
    let (key, by, version) = (SettingKey::MaxBalance, make::member(1).id, settings.version.next());
    let change =
        SettingChange { key, old: settings.value(key), new, by, at: make::time(0), version };
    unit.settings().change(&change).await.expect("it is written");
    unit.commit().await.expect("the unit commits");
    version
}

async fn balance(sql: &Sql, known: SettingsVersion) -> i64 {
    sql.settings(known).await.expect("the settings are read").points.most_balance
}

pub(crate) async fn reads_again_once_a_later_version_is_met(one: &Sql, other: &Sql) {
    let mut unit = one.begin().await.expect("a unit begins");
    unit.access().insert_member(&make::member(1)).await.expect("a member is added");
    unit.commit().await.expect("the unit commits");
    assert_eq!(balance(other, NEVER).await, 10_000_000);

    let version = change(one, 500).await;
    assert_eq!(balance(one, NEVER).await, 500, "who changed it knows at once");
    assert_eq!(balance(other, NEVER).await, 10_000_000, "a copy is kept, and not asked for anew");
    assert_eq!(balance(other, version).await, 500, "a later version is met in a row");
    assert_eq!(balance(other, NEVER).await, 500, "from then on by all");

    let version = change(one, 600).await;
    let mut unit = other.begin().await.expect("a unit begins");
    let met = unit.settings().settings(version).await.expect("the settings are read");
    assert_eq!(met.points.most_balance, 600, "a unit reads it over its own connection");
    drop(unit);

    change(one, 700).await;
    let newest = other.newest().await.expect("the settings are read");
    assert_eq!(newest.points.most_balance, 700, "whoever wants the newest asks");
}
