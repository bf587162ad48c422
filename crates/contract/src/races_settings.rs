//! Many who change the settings at once.

use castad_domain::{
    model::{SettingKey, SettingsVersion},
    usecase::{BooksError, ChangeSetting, SettingOrder, SettingRefusal},
};
use castad_memory::Memory;
use futures_util::future::join_all;

use crate::Database;

/// `races_settings_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! races_settings_contract {
    ($($fresh:tt)+) => {
        $crate::each_race! { races_settings audited {
            racing_changes_make_one_version_each
            of_those_who_saw_one_version_one_changes_it
        } $($fresh)+ }
    };
}

const RACERS: i64 = 4;

async fn race(
    db: &Database,
    order: impl Fn(i64) -> SettingOrder,
) -> Vec<Result<SettingsVersion, BooksError<SettingRefusal>>> {
    let by = db.member(1).await;
    let change = ChangeSetting::new(&db.ports(&Memory::new()));
    let start = |order| {
        let change = change.clone();
        tokio::spawn(async move { change.run(by, order, None).await })
    };
    let racing: Vec<_> = (1..=RACERS).map(|n| start(order(n))).collect();
    let ends = join_all(racing).await.into_iter();
    ends.map(|end| end.expect("nobody panics").map(|settings| settings.version)).collect()
}

/// No change is lost, and each has its line of the history.
pub async fn racing_changes_make_one_version_each(db: &Database) {
    let ends =
        race(db, |n| SettingOrder { key: SettingKey::MaxBalance, value: n, seen: None }).await;
    let mut versions: Vec<_> =
        ends.into_iter().map(|end| end.expect("everybody changes it").0).collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 2, 3, 4]);

    let mut history = db.settings.history(None, 10).await.expect("it is read");
    history.reverse();
    assert_eq!(history.len(), versions.len());
    for pair in history.windows(2) {
        assert_eq!(pair[0].new, pair[1].old, "each saw what the one before had made");
    }
    let newest = db.settings.newest().await.expect("it is read");
    assert_eq!(newest.value(SettingKey::MaxBalance), history[3].new);
}

/// Whoever says which version they saw changes that one or none.
pub async fn of_those_who_saw_one_version_one_changes_it(db: &Database) {
    let seen = Some(SettingsVersion(0));
    let ends = race(db, |n| SettingOrder { key: SettingKey::MaxBalance, value: n, seen }).await;
    let mut made = 0;
    for end in ends {
        match end {
            Ok(version) => {
                assert_eq!(version, SettingsVersion(1));
                made += 1;
            }
            Err(BooksError::Refused(SettingRefusal::Moved { found })) => {
                assert_eq!(found, SettingsVersion(1));
            }
            Err(other) => panic!("a racer was told: {other}"),
        }
    }
    assert_eq!(made, 1);
}
