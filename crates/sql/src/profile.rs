//! What is known of members.

use castad_domain::{
    model::{
        Account, Credentials, Email, Language, Member, MemberId, MemberName, Notify, PasswordHash,
        PersonName, Profile,
    },
    port::{StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    fault::{corrupt, one_row},
    link::Link,
    row::bits,
};

texts! {
    ACCOUNT =
        "SELECT members.id AS member, members.name AS member_name, members.joined_at, \
           profiles.name AS name, profiles.address, profiles.password, profiles.language, \
           profiles.notify_finished, profiles.notify_failed, profiles.notify_expiring, \
           profiles.changed_at, profiles.version \
         FROM members LEFT JOIN profiles ON profiles.member_id = members.id WHERE members.id = ?";
    BY_EMAIL =
        "SELECT members.id AS member, members.name AS member_name, members.joined_at, \
           profiles.name AS name, profiles.address, profiles.password, profiles.language, \
           profiles.notify_finished, profiles.notify_failed, profiles.notify_expiring, \
           profiles.changed_at, profiles.version \
         FROM profiles JOIN members ON members.id = profiles.member_id \
         WHERE profiles.address_key = ?";
    INSERT =
        "INSERT INTO profiles (member_id, name, address, address_key, password, language, \
           notify_finished, notify_failed, notify_expiring, changed_at, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE =
        "UPDATE profiles SET name = ?, language = ?, notify_finished = ?, notify_failed = ?, \
           notify_expiring = ?, changed_at = ?, version = version + 1 \
         WHERE member_id = ? AND version = ?";
}

#[derive(sqlx::FromRow)]
struct AccountRow {
    member: Uuid,
    member_name: String,
    joined_at: DateTime<Utc>,
    name: Option<String>,
    address: Option<String>,
    password: Option<String>,
    language: Option<String>,
    notify_finished: Option<bool>,
    notify_failed: Option<bool>,
    notify_expiring: Option<bool>,
    changed_at: Option<DateTime<Utc>>,
    version: Option<i64>,
}

impl AccountRow {
    fn account(self) -> Result<Account, StoreError> {
        let name = MemberName::parse(&self.member_name).map_err(|_| corrupt("members.name"))?;
        let id = MemberId::from_bits(self.member.as_u128());
        let member = Member { id, name, joined_at: self.joined_at };
        let profile = self.profile(&member)?;
        Ok(Account { member, profile })
    }

    fn profile(self, member: &Member) -> Result<Profile, StoreError> {
        let credentials = self.credentials()?;
        match (self.name, self.language, self.changed_at, self.version) {
            (None, None, None, None) => Ok(Profile::unsaid(member)),
            (Some(name), Some(language), Some(changed_at), Some(version)) => Ok(Profile {
                member: member.id,
                name: PersonName::parse(&name).map_err(|_| corrupt("profiles.name"))?,
                credentials,
                language: language.parse::<Language>().map_err(|_| corrupt("profiles.language"))?,
                notify: Notify {
                    finished: self.notify_finished.unwrap_or_default(),
                    failed: self.notify_failed.unwrap_or_default(),
                    expiring: self.notify_expiring.unwrap_or_default(),
                },
                changed_at,
                version,
            }),
            _ => Err(corrupt("profiles.version")),
        }
    }

    fn credentials(&self) -> Result<Option<Credentials>, StoreError> {
        match (&self.address, &self.password) {
            (None, None) => Ok(None),
            (Some(address), Some(password)) => {
                let email = Email::parse(address).map_err(|_| corrupt("profiles.address"))?;
                Ok(Some(Credentials { email, password: PasswordHash::new(password) }))
            }
            _ => Err(corrupt("profiles.password")),
        }
    }
}

pub(crate) async fn account(
    link: Link<'_>,
    member: MemberId,
) -> Result<Option<Account>, StoreError> {
    let row = fetch_optional!(link, AccountRow, ACCOUNT, bits(member.to_bits()))?;
    row.map(AccountRow::account).transpose()
}

pub(crate) async fn by_email(link: Link<'_>, email: &Email) -> Result<Option<Account>, StoreError> {
    let row = fetch_optional!(link, AccountRow, BY_EMAIL, email.key())?;
    row.map(AccountRow::account).transpose()
}

pub(crate) async fn insert(
    link: Link<'_>,
    profile: &Profile,
    version: i64,
) -> Result<(), StoreError> {
    let kept = profile.credentials.as_ref();
    let notify = profile.notify;
    execute!(
        link,
        INSERT,
        bits(profile.member.to_bits()),
        profile.name.as_str(),
        kept.map(|kept| kept.email.as_str()),
        kept.map(|kept| kept.email.key()),
        kept.map(|kept| kept.password.as_str()),
        profile.language.code(),
        notify.finished,
        notify.failed,
        notify.expiring,
        profile.changed_at,
        version,
    )?;
    Ok(())
}

pub(crate) async fn update(link: Link<'_>, profile: &Profile) -> Result<(), StoreError> {
    if profile.version == 0 {
        return insert(link, profile, 1).await.map_err(|fault| match fault.kind() {
            // Somebody wrote the first one meanwhile.
            StoreErrorKind::Duplicate => StoreErrorKind::Conflict.into(),
            StoreErrorKind::Conflict
            | StoreErrorKind::Corrupt
            | StoreErrorKind::Full
            | StoreErrorKind::Unavailable => fault,
        });
    }
    let notify = profile.notify;
    let touched = execute!(
        link,
        UPDATE,
        profile.name.as_str(),
        profile.language.code(),
        notify.finished,
        notify.failed,
        notify.expiring,
        profile.changed_at,
        bits(profile.member.to_bits()),
        profile.version,
    )?;
    one_row(touched)
}
