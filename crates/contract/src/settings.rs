//! [`SettingsBook`](castad_domain::port::SettingsBook) and
//! [`SettingsReader`](castad_domain::port::SettingsReader): settings and their history.

use castad_domain::{
    model::{MemberId, SettingChange, SettingKey, Settings, SettingsVersion},
    port::{StoreError, StoreErrorKind, UnitOfWork},
};

use crate::{Database, Writers, database::kind, make};

/// `settings_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! settings_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { settings audited {
            what_was_never_set_is_as_at_first
            every_setting_reads_back_as_it_was_set
            readers_find_a_change_that_was_committed_here
            a_change_of_a_dropped_unit_was_never_made
            a_unit_that_changed_them_sees_it
            of_two_changes_of_one_version_one_is_refused
            of_two_open_units_one_changes_them
            the_history_tells_the_last_changes_first
        } $($fresh)+ }
    };
}

const NEVER: SettingsVersion = SettingsVersion(0);

fn change(settings: &Settings, key: SettingKey, new: i64, by: MemberId) -> SettingChange {
    let version = settings.version.next();
    let (old, at) = (settings.value(key), make::time(version.0));
    SettingChange { key, old, new, by, at, version }
}

async fn held(unit: &mut dyn UnitOfWork) -> Settings {
    unit.settings().hold().await.expect("the settings are held")
}

async fn set(
    db: &Database,
    key: SettingKey,
    new: i64,
    by: MemberId,
) -> Result<SettingChange, StoreError> {
    let mut unit = db.begin().await;
    let change = change(&held(&mut *unit).await, key, new, by);
    unit.settings().change(&change).await?;
    unit.commit().await?;
    Ok(change)
}

async fn read(db: &Database, known: SettingsVersion) -> Settings {
    let settings = db.settings.settings(known).await.expect("the settings are read");
    Settings::clone(&settings)
}

async fn newest(db: &Database) -> Settings {
    Settings::clone(&*db.settings.newest().await.expect("the settings are read"))
}

/// Nobody has to set anything.
pub async fn what_was_never_set_is_as_at_first(db: &Database) {
    assert_eq!(read(db, NEVER).await, Settings::default());
    assert_eq!(newest(db).await, Settings::default());
    assert_eq!(held(&mut *db.begin().await).await, Settings::default());
    assert_eq!(db.settings.history(None, 10).await.expect("it is read"), []);
}

/// A value comes back under its key, once set and when it is set again.
pub async fn every_setting_reads_back_as_it_was_set(db: &Database) {
    let by = db.member(1).await;
    let mut expected = Settings::default();
    for less in [1, 2] {
        for &key in SettingKey::ALL.iter().filter(|key| **key != SettingKey::MinExpirationDays) {
            let value = Settings::default().value(key) - less;
            expected = expected.with(key, value).expect("it may be a little less");
            set(db, key, value, by).await.expect("it is set");
        }
    }
    assert_eq!(newest(db).await, expected);
    assert_eq!(held(&mut *db.begin().await).await, expected);
    assert_eq!(read(db, expected.version).await, expected);
}

/// Whoever read the settings before reads the new ones after, knowing of no change.
pub async fn readers_find_a_change_that_was_committed_here(db: &Database) {
    let by = db.member(1).await;
    for value in [700, 800] {
        read(db, NEVER).await;
        set(db, SettingKey::MaxBalance, value, by).await.expect("it is set");
        assert_eq!(read(db, NEVER).await.points.most_balance, value);
        let mut unit = db.begin().await;
        let seen = unit.settings().settings(NEVER).await.expect("the settings are read");
        assert_eq!(seen.points.most_balance, value);
    }
}

/// What is not committed is nobody's setting.
pub async fn a_change_of_a_dropped_unit_was_never_made(db: &Database) {
    let by = db.member(1).await;
    let mut unit = db.begin().await;
    let lost = change(&held(&mut *unit).await, SettingKey::MaxBalance, 5, by);
    unit.settings().change(&lost).await.expect("it is written");
    drop(unit);
    assert_eq!(newest(db).await, Settings::default());
    assert_eq!(read(db, NEVER).await, Settings::default());
    assert_eq!(db.settings.history(None, 10).await.expect("it is read"), []);
}

/// A unit reads what it wrote, and nobody else does.
pub async fn a_unit_that_changed_them_sees_it(db: &Database) {
    let by = db.member(1).await;
    let mut unit = db.begin().await;
    let first = change(&held(&mut *unit).await, SettingKey::MaxBalance, 5, by);
    unit.settings().change(&first).await.expect("it is written");
    let seen = unit.settings().settings(NEVER).await.expect("the settings are read");
    assert_eq!(seen.points.most_balance, 5);
    assert_eq!(held(&mut *unit).await, *seen);
    assert_eq!(read(db, NEVER).await, Settings::default());
    drop(unit);
    assert_eq!(read(db, NEVER).await, Settings::default());
}

/// A change names the version that it makes: one that was made already is refused.
pub async fn of_two_changes_of_one_version_one_is_refused(db: &Database) {
    let by = db.member(1).await;
    let stale = change(&newest(db).await, SettingKey::MaxCharge, 9_000, by);
    set(db, SettingKey::MaxBalance, 500, by).await.expect("the first is made");
    let mut unit = db.begin().await;
    let refused = match unit.settings().change(&stale).await {
        Ok(()) => unit.commit().await,
        refused => refused,
    };
    assert_eq!(kind(refused), Some(StoreErrorKind::Conflict));
    let now = newest(db).await;
    assert_eq!((now.points.most_balance, now.points.most_charged), (500, 1_000_000));
}

/// Of two units that read the same version one changes the settings.
pub async fn of_two_open_units_one_changes_them(db: &Database) {
    let by = db.member(1).await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    let stale = change(&newest(db).await, SettingKey::MaxCharge, 9_000, by);
    set(db, SettingKey::MaxBalance, 500, by).await.expect("the first is made");
    let mut late = if let Some(open) = early { open } else { db.begin().await };
    let refused = match late.settings().change(&stale).await {
        Ok(()) => late.commit().await,
        refused => refused,
    };
    assert_eq!(kind(refused), Some(StoreErrorKind::Conflict));
    assert_eq!(newest(db).await.version, SettingsVersion(1));
}

/// The history is whole: what, from what to what, by whom and when; newest first.
pub async fn the_history_tells_the_last_changes_first(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let mut made = Vec::new();
    for (key, new, by) in [
        (SettingKey::MaxBalance, 500, one),
        (SettingKey::ChargeStep, 10, two),
        (SettingKey::MaxBalance, 600, two),
    ] {
        made.push(set(db, key, new, by).await.expect("it is set"));
    }
    made.reverse();
    let history = async |of, limit| db.settings.history(of, limit).await.expect("it is read");
    assert_eq!(history(None, 10).await, made);
    assert_eq!(history(None, 2).await, made[..2]);
    let balance = [made[0].clone(), made[2].clone()];
    assert_eq!(history(Some(SettingKey::MaxBalance), 10).await, balance);
    assert_eq!(history(Some(SettingKey::MaxBalance), 1).await, balance[..1]);
    assert_eq!(history(Some(SettingKey::MaxCharge), 10).await, []);
}
