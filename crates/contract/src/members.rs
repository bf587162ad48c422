//! [`AccessBook`](castad_domain::port::AccessBook) and
//! [`MemberReader`](castad_domain::port::MemberReader): what is known of members, and their keys.

use castad_domain::{
    model::{
        Account, ApiKey, Credentials, Email, KeyId, KeyName, Language, MemberId, Notify,
        PasswordHash, PersonName, Profile, Role, Scope, Scopes, SecretHash,
    },
    port::{Page, StoreError, StoreErrorKind},
};

use crate::{Database, Writers, database::kind, make};

/// `members_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! members_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { members audited {
            a_member_who_said_nothing_has_an_account
            a_profile_reads_back_as_it_was_added
            an_address_is_one_members_alone
            of_two_open_units_one_takes_the_address
            members_without_an_address_are_not_in_each_others_way
            of_two_writers_of_a_profile_one_wins
            of_two_first_writers_of_a_profile_one_wins
            a_change_leaves_what_somebody_logs_in_with
            keys_are_listed_newest_first
            a_key_that_was_removed_opens_nothing
        } $($fresh)+ }
    };
}

fn email(text: &str) -> Email {
    Email::parse(text).expect("it is an address")
}

fn profile(member: MemberId, address: &str) -> Profile {
    let password = PasswordHash::new("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA");
    Profile {
        member,
        name: PersonName::parse("다온 O'Neil").expect("a plain name is taken"),
        credentials: Some(Credentials { email: email(address), password }),
        language: Language::English,
        notify: Notify { finished: true, failed: false, expiring: true },
        changed_at: make::time(7),
        version: 1,
    }
}

async fn add(db: &Database, profile: &Profile) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.access().insert_profile(profile).await?;
    unit.commit().await
}

async fn update(db: &Database, profile: &Profile) -> Result<(), StoreError> {
    let mut unit = db.begin().await;
    unit.access().update_profile(profile).await?;
    unit.commit().await
}

async fn account(db: &Database, member: MemberId) -> Option<Account> {
    let read = db.members.account(member).await.expect("the store answers");
    let held = db.begin().await.access().account(member).await.expect("the store answers");
    assert_eq!(read, held);
    read
}

async fn by_email(db: &Database, address: &str) -> Option<Account> {
    db.members.by_email(&email(address)).await.expect("the store answers")
}

/// Whoever was made by name alone has an account without an address.
pub async fn a_member_who_said_nothing_has_an_account(db: &Database) {
    let id = db.member(1).await;
    let member = make::member(1);
    let profile = Profile::unsaid(&member);
    assert_eq!(account(db, id).await, Some(Account { member, profile }));
    assert_eq!(account(db, make::member(2).id).await, None);
}

/// All that was said comes back, under the id and under the address in any case.
pub async fn a_profile_reads_back_as_it_was_added(db: &Database) {
    let id = db.member(1).await;
    let profile = profile(id, "Daon@Example.com");
    add(db, &profile).await.expect("a profile is added");
    let expected = Some(Account { member: make::member(1), profile });
    assert_eq!(account(db, id).await, expected);
    let found = by_email(db, "dAON@example.COM").await;
    assert_eq!(found, expected);
    let address = found.and_then(|account| account.profile.credentials);
    assert_eq!(address.expect("there is one").email.as_str(), "Daon@Example.com");
    assert_eq!(by_email(db, "daon@example.co").await, None);
}

/// An address is taken once, whatever the case of its letters.
pub async fn an_address_is_one_members_alone(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    add(db, &profile(one, "daon@example.com")).await.expect("the first is added");
    let refused = add(db, &profile(two, "DAON@example.com")).await;
    assert_eq!(kind(refused), Some(StoreErrorKind::Duplicate));
    add(db, &profile(two, "daon@example.co")).await.expect("another address is free");
}

/// Of two units that take an address at once one commits.
pub async fn of_two_open_units_one_takes_the_address(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let mut first = db.begin().await;
    let early = match db.writers {
        Writers::Many => Some(db.begin().await),
        Writers::One => None,
    };
    let taken = first.access().insert_profile(&profile(one, "daon@example.com")).await;
    taken.expect("the first is added");
    first.commit().await.expect("the first commits");
    let mut second = if let Some(open) = early { open } else { db.begin().await };
    let late = match second.access().insert_profile(&profile(two, "daon@example.com")).await {
        Ok(()) => second.commit().await,
        refused => refused,
    };
    assert_eq!(kind(late), Some(StoreErrorKind::Duplicate));
}

/// Having no address is nothing that only one member may have.
pub async fn members_without_an_address_are_not_in_each_others_way(db: &Database) {
    for n in 1..=2 {
        db.member(n).await;
        update(db, &Profile::unsaid(&make::member(n))).await.expect("it is written");
    }
    let second = account(db, make::member(2).id).await.expect("it is there");
    assert_eq!((second.profile.version, second.profile.credentials), (1, None));
}

/// Of two writers that read the same version one wins.
pub async fn of_two_writers_of_a_profile_one_wins(db: &Database) {
    let id = db.member(1).await;
    let read = profile(id, "daon@example.com");
    add(db, &read).await.expect("a profile is added");
    let korean = Profile { language: Language::Korean, ..read.clone() };
    update(db, &korean).await.expect("the first is written");
    let silent = Profile { notify: Notify { finished: false, ..read.notify }, ..read };
    assert_eq!(kind(update(db, &silent).await), Some(StoreErrorKind::Conflict));
    let kept = account(db, id).await.expect("it is there").profile;
    assert_eq!(kept, Profile { version: 2, ..korean });
}

/// The same where nobody had written before.
pub async fn of_two_first_writers_of_a_profile_one_wins(db: &Database) {
    let id = db.member(1).await;
    let unsaid = Profile::unsaid(&make::member(1));
    update(db, &Profile { language: Language::English, ..unsaid.clone() })
        .await
        .expect("the first is written");
    assert_eq!(kind(update(db, &unsaid).await), Some(StoreErrorKind::Conflict));
    let kept = account(db, id).await.expect("it is there").profile;
    assert_eq!((kept.language, kept.version), (Language::English, 1));
}

/// Name, language and wishes change; address and password stay.
pub async fn a_change_leaves_what_somebody_logs_in_with(db: &Database) {
    let id = db.member(1).await;
    let first = profile(id, "daon@example.com");
    add(db, &first).await.expect("a profile is added");
    let name = PersonName::parse("새 이름").expect("a plain name is taken");
    let changed = Profile { name, credentials: None, changed_at: make::time(9), ..first.clone() };
    update(db, &changed).await.expect("it is written");
    let expected = Profile { credentials: first.credentials, version: 2, ..changed };
    assert_eq!(by_email(db, "daon@example.com").await.expect("it is found").profile, expected);
}

fn key(n: u8, member: MemberId, name: Option<&str>) -> ApiKey {
    let name = name.map(|name| KeyName::parse(name).expect("a plain name is taken"));
    let (id, hash) = (KeyId::from_bits(make::bits(u64::from(n))), SecretHash::new([n; 32]));
    let scopes = name.as_ref().and_then(|_| Scopes::of([Scope::Read, Scope::Points]));
    ApiKey {
        id,
        member,
        role: Role::Admin,
        scopes: scopes.unwrap_or(Scopes::EVERYTHING),
        hash,
        expires_at: name.as_ref().map(|_| make::time(60)),
        name,
        created_at: make::time(n.into()),
    }
}

async fn add_keys(db: &Database, keys: &[ApiKey]) {
    let mut unit = db.begin().await;
    for key in keys {
        unit.access().insert_key(key).await.expect("a key is added");
    }
    unit.commit().await.expect("the unit commits");
}

/// A member's own keys come whole, newest first, page by page.
pub async fn keys_are_listed_newest_first(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let keys = [
        key(1, one, Some("첫 열쇠")),
        key(2, two, None),
        key(3, one, None),
        key(4, one, Some("ci")),
    ];
    add_keys(db, &keys).await;
    let [first, _, third, fourth] = keys;
    let list = async |of, limit, after| {
        db.members.keys(of, Page { limit, after }).await.expect("the store answers")
    };
    assert_eq!(list(one, 2, None).await, [fourth, third.clone()]);
    assert_eq!(list(one, 2, Some(third.id.to_bits())).await, std::slice::from_ref(&first));
    assert_eq!(list(one, 2, Some(first.id.to_bits())).await, []);
    assert_eq!(list(make::member(3).id, 2, None).await, []);
}

/// A key is removed by its member alone, once, and opens nothing from then on.
pub async fn a_key_that_was_removed_opens_nothing(db: &Database) {
    let (one, two) = (db.member(1).await, db.member(2).await);
    let keys = [key(1, one, Some("ci")), key(2, one, None)];
    add_keys(db, &keys).await;
    let remove = async |of, id| {
        let mut unit = db.begin().await;
        let removed = unit.access().remove_key(of, id).await.expect("the store answers");
        unit.commit().await.expect("the unit commits");
        removed
    };
    let opens = async |key: &ApiKey| {
        let caller = db.gate.caller(&key.hash, make::time(0)).await;
        caller.expect("the gate answers").is_some()
    };
    assert_eq!(remove(two, keys[0].id).await, None, "it is somebody else's");
    assert!(opens(&keys[0]).await);
    assert_eq!(remove(one, keys[0].id).await, Some(keys[0].clone()));
    assert!(!opens(&keys[0]).await && opens(&keys[1]).await);
    assert_eq!(remove(one, keys[0].id).await, None, "it is gone");
}
