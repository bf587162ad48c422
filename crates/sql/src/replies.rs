use async_trait::async_trait;
use castad_domain::{
    model::{Answer, Fingerprint, IdempotencyKey, MemberId, Reply},
    port::{ReplyBook, StoreError},
};
use chrono::{DateTime, Utc};

use crate::{
    fault::{corrupt, whole},
    row::bits,
    store::Unit,
};

texts! {
    FIND =
        "SELECT fingerprint, status, location, body, at FROM replies \
         WHERE member_id = ? AND name = ? AND at >= ?";
    GIVE_WAY = "DELETE FROM replies WHERE member_id = ? AND name = ? AND at < ?";
    INSERT =
        "INSERT INTO replies (member_id, name, fingerprint, status, location, body, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)";
    FORGET = "DELETE FROM replies WHERE at < ?";
}

#[derive(sqlx::FromRow)]
struct ReplyRow {
    fingerprint: Vec<u8>,
    status: i64,
    location: Option<String>,
    body: String,
    at: DateTime<Utc>,
}

impl ReplyRow {
    fn reply(self, member: MemberId, key: IdempotencyKey) -> Result<Reply, StoreError> {
        let fingerprint =
            self.fingerprint.try_into().map_err(|_| corrupt("replies.fingerprint"))?;
        let status = whole("replies.status", self.status)?;
        let answer = Answer { status, location: self.location, body: self.body };
        Ok(Reply { member, key, fingerprint: Fingerprint(fingerprint), answer, at: self.at })
    }
}

#[async_trait]
impl ReplyBook for Unit {
    async fn find(
        &mut self,
        member: MemberId,
        key: &IdempotencyKey,
        since: DateTime<Utc>,
    ) -> Result<Option<Reply>, StoreError> {
        let of = bits(member.to_bits());
        let row = fetch_optional!(self.link(), ReplyRow, FIND, of, key.as_str(), since)?;
        row.map(|row| row.reply(member, key.clone())).transpose()
    }

    async fn insert(&mut self, reply: &Reply, since: DateTime<Utc>) -> Result<(), StoreError> {
        let (member, name) = (bits(reply.member.to_bits()), reply.key.as_str());
        execute!(self.link(), GIVE_WAY, member, name, since)?;
        execute!(
            self.link(),
            INSERT,
            member,
            name,
            reply.fingerprint.0.as_slice(),
            i64::from(reply.answer.status),
            reply.answer.location.as_deref(),
            reply.answer.body.as_str(),
            reply.at,
        )?;
        Ok(())
    }

    async fn forget(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        execute!(self.link(), FORGET, before)
    }
}
