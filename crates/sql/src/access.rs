use async_trait::async_trait;
use castad_domain::{
    model::{ApiKey, Caller, Member, MemberId, MemberName, Role, SecretHash, Session},
    port::{AccessBook, Gate, StoreError},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    fault::corrupt,
    row::bits,
    store::{Sql, Unit},
};

texts! {
    MEMBER = "SELECT id, name, joined_at FROM members WHERE name = ?";
    INSERT_MEMBER = "INSERT INTO members (id, name, joined_at) VALUES (?, ?, ?)";
    INSERT_KEY =
        "INSERT INTO api_keys (id, member_id, role, hash, created_at) VALUES (?, ?, ?, ?, ?)";
    INSERT_SESSION = "INSERT INTO sessions (id, member_id, role, hash, ends_at) VALUES (?, ?, ?, ?, ?)";
    END_SESSION = "DELETE FROM sessions WHERE hash = ?";
    FORGET_SESSIONS = "DELETE FROM sessions WHERE ends_at <= ?";
    CALLER =
        "SELECT member_id, role FROM api_keys WHERE hash = ? \
         UNION ALL SELECT member_id, role FROM sessions WHERE hash = ? AND ends_at > ?";
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    id: Uuid,
    name: String,
    joined_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
struct CallerRow {
    member_id: Uuid,
    role: String,
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
        Ok(())
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let (id, member) = (bits(key.id.to_bits()), bits(key.member.to_bits()));
        let hash = key.hash.as_bytes().as_slice();
        execute!(self.link(), INSERT_KEY, id, member, key.role.name(), hash, key.created_at)?;
        Ok(())
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
impl Gate for Sql {
    async fn caller(
        &self,
        hash: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Caller>, StoreError> {
        let hash = hash.as_bytes().as_slice();
        let row = fetch_optional!(self.reader().await?.link(), CallerRow, CALLER, hash, hash, now)?;
        let caller = |row: CallerRow| {
            let role = Role::from_name(&row.role).map_err(|_| corrupt("api_keys.role"))?;
            Ok(Caller { member: MemberId::from_bits(row.member_id.as_u128()), role })
        };
        row.map(caller).transpose()
    }
}
