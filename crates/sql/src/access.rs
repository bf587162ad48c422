use async_trait::async_trait;
use castad_domain::{
    model::{
        Account, ApiKey, Caller, Email, KeyId, KeyName, Member, MemberId, MemberName, Pass,
        Profile, Role, Scopes, SecretHash, Session, SessionId,
    },
    port::{AccessBook, Gate, MAX_PAGE, MemberReader, Page, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    dialect,
    fault::{corrupt, one_row, store_error},
    profile,
    row::bits,
    store::{Sql, Unit},
};

texts! {
    MEMBER = "SELECT id, name, joined_at FROM members WHERE name = ?";
    INSERT_MEMBER = "INSERT INTO members (id, name, joined_at) VALUES (?, ?, ?)";
    INSERT_KEY =
        "INSERT INTO api_keys (id, member_id, role, hash, name, created_at, scopes, expires_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    KEY =
        "SELECT id, member_id, role, hash, name, created_at, scopes, expires_at FROM api_keys \
         WHERE id = ? AND member_id = ?";
    KEYS =
        "SELECT id, member_id, role, hash, name, created_at, scopes, expires_at FROM api_keys \
         WHERE member_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
    REMOVE_KEY = "DELETE FROM api_keys WHERE id = ? AND member_id = ?";
    INSERT_SESSION = "INSERT INTO sessions (id, member_id, role, hash, ends_at) VALUES (?, ?, ?, ?, ?)";
    END_SESSION = "DELETE FROM sessions WHERE hash = ?";
    FORGET_SESSIONS = "DELETE FROM sessions WHERE ends_at <= ?";
    CALLER =
        "SELECT id, 0 AS is_session, member_id, role, scopes, expires_at FROM api_keys \
         WHERE hash = ? AND (expires_at IS NULL OR expires_at > ?) \
         UNION ALL SELECT id, 1, member_id, role, NULL, ends_at FROM sessions \
         WHERE hash = ? AND ends_at > ?";
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    id: Uuid,
    name: String,
    joined_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: Uuid,
    member_id: Uuid,
    role: String,
    hash: Vec<u8>,
    name: Option<String>,
    created_at: DateTime<Utc>,
    scopes: Option<String>,
    expires_at: Option<DateTime<Utc>>,
}

/// What a key is for, as a row says it.
fn scopes(words: Option<&str>) -> Scopes {
    words.map_or(Scopes::EVERYTHING, Scopes::restore)
}

impl KeyRow {
    fn key(self) -> Result<ApiKey, StoreError> {
        let name = self.name.as_deref().map(KeyName::parse).transpose();
        let hash = self.hash.try_into().map_err(|_| corrupt("api_keys.hash"))?;
        Ok(ApiKey {
            id: KeyId::from_bits(self.id.as_u128()),
            member: MemberId::from_bits(self.member_id.as_u128()),
            role: Role::from_name(&self.role).map_err(|_| corrupt("api_keys.role"))?,
            scopes: scopes(self.scopes.as_deref()),
            hash: SecretHash::new(hash),
            name: name.map_err(|_| corrupt("api_keys.name"))?,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}

#[derive(sqlx::FromRow)]
struct CallerRow {
    id: Uuid,
    is_session: i64,
    member_id: Uuid,
    role: String,
    scopes: Option<String>,
    expires_at: Option<DateTime<Utc>>,
}

impl CallerRow {
    fn caller(self) -> Result<Caller, StoreError> {
        let id = self.id.as_u128();
        let session = || Pass::Session(SessionId::from_bits(id));
        Ok(Caller {
            member: MemberId::from_bits(self.member_id.as_u128()),
            role: Role::from_name(&self.role).map_err(|_| corrupt("api_keys.role"))?,
            pass: if self.is_session == 0 { Pass::Key(KeyId::from_bits(id)) } else { session() },
            scopes: scopes(self.scopes.as_deref()),
            until: self.expires_at,
        })
    }
}

#[async_trait]
impl AccessBook for Unit {
    async fn member(&mut self, name: &MemberName) -> Result<Option<Member>, StoreError> {
        let row = fetch_optional!(self.link(), MemberRow, MEMBER, name.as_str())?;
        let member = |row: MemberRow| {
            let name = MemberName::parse(&row.name).map_err(|_| corrupt("members.name"))?;
            let id = MemberId::from_bits(row.id.as_u128());
            Ok(Member { id, name, joined_at: row.joined_at })
        };
        row.map(member).transpose()
    }

    async fn insert_member(&mut self, member: &Member) -> Result<(), StoreError> {
        let (id, name) = (bits(member.id.to_bits()), member.name.as_str());
        execute!(self.link(), INSERT_MEMBER, id, name, member.joined_at)?;
        // Many who open one account at once would keep each other from it.
        dialect::open_account(self.link(), id).await.map_err(store_error)
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let (id, member) = (bits(key.id.to_bits()), bits(key.member.to_bits()));
        let hash = key.hash.as_bytes().as_slice();
        let name = key.name.as_ref().map(KeyName::as_str);
        let (role, at, ends) = (key.role.name(), key.created_at, key.expires_at);
        let scopes = key.scopes.named().map(|_| key.scopes.to_string());
        execute!(
            self.link(),
            INSERT_KEY,
            id,
            member,
            role,
            hash,
            name,
            at,
            scopes.as_deref(),
            ends
        )?;
        Ok(())
    }

    async fn remove_key(
        &mut self,
        member: MemberId,
        id: KeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        let (of, id) = (bits(member.to_bits()), bits(id.to_bits()));
        let Some(row) = fetch_optional!(self.link(), KeyRow, KEY, id, of)? else { return Ok(None) };
        one_row(execute!(self.link(), REMOVE_KEY, id, of)?)?;
        row.key().map(Some)
    }

    async fn account(&mut self, member: MemberId) -> Result<Option<Account>, StoreError> {
        profile::account(self.link(), member).await
    }

    async fn insert_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        profile::insert(self.link(), profile, profile.version).await
    }

    async fn update_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        profile::update(self.link(), profile).await
    }

    async fn insert_session(
        &mut self,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        execute!(self.link(), FORGET_SESSIONS, now)?;
        let (id, member) = (bits(session.id.to_bits()), bits(session.member.to_bits()));
        let hash = session.hash.as_bytes().as_slice();
        let role = session.role.name();
        execute!(self.link(), INSERT_SESSION, id, member, role, hash, session.ends_at)?;
        Ok(())
    }

    async fn end_session(&mut self, hash: &SecretHash) -> Result<(), StoreError> {
        execute!(self.link(), END_SESSION, hash.as_bytes().as_slice())?;
        Ok(())
    }
}

#[async_trait]
impl MemberReader for Sql {
    async fn by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        profile::by_email(self.reader().await?.link(), email).await
    }

    async fn account(&self, member: MemberId) -> Result<Option<Account>, StoreError> {
        profile::account(self.reader().await?.link(), member).await
    }

    async fn keys(&self, of: MemberId, page: Page) -> Result<Vec<ApiKey>, StoreError> {
        let (of, before) = (bits(of.to_bits()), bits(page.after.unwrap_or(u128::MAX)));
        let limit = page.limit.min(MAX_PAGE);
        let rows = fetch_all!(self.reader().await?.link(), KeyRow, KEYS, of, before, limit)?;
        rows.into_iter().map(KeyRow::key).collect()
    }
}

#[async_trait]
impl Gate for Sql {
    async fn caller(
        &self,
        hash: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Caller>, StoreError> {
        let hash = hash.as_bytes().as_slice();
        let mut reader = self.reader().await?;
        let row = fetch_optional!(reader.link(), CallerRow, CALLER, hash, now, hash, now)?;
        row.map(CallerRow::caller).transpose()
    }
}
