use async_trait::async_trait;
use castad_domain::{
    model::{
        Account, ApiKey, Email, KeyId, Member, MemberId, MemberName, Profile, SecretHash, Session,
    },
    port::{AccessBook, MAX_PAGE, MemberReader, Page, StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{store::MemoryStore, tables::Tables, unit::MemoryUnit};

impl Tables {
    fn account(&self, id: MemberId) -> Option<Account> {
        let member = self.members.iter().find(|member| member.id == id)?.clone();
        let kept = self.profiles.iter().find(|profile| profile.member == id).cloned();
        let profile = kept.unwrap_or_else(|| Profile::unsaid(&member));
        Some(Account { member, profile })
    }

    fn by_email(&self, email: &Email) -> Option<Account> {
        let has_it = |profile: &&Profile| {
            profile.credentials.as_ref().is_some_and(|kept| kept.email == *email)
        };
        self.account(self.profiles.iter().find(has_it)?.member)
    }

    fn insert_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        let taken = profile.credentials.as_ref().and_then(|kept| self.by_email(&kept.email));
        let there = self.profiles.iter().any(|kept| kept.member == profile.member);
        if taken.is_some() || there {
            return Err(StoreErrorKind::Duplicate.into());
        }
        self.profiles.push(profile.clone());
        Ok(())
    }

    fn update_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        let written = Profile { version: profile.version + 1, ..profile.clone() };
        let found = self.profiles.iter_mut().find(|kept| kept.member == profile.member);
        match found {
            None if profile.version == 0 => self.profiles.push(written),
            Some(kept) if kept.version == profile.version => {
                let credentials = kept.credentials.take();
                *kept = Profile { credentials, ..written };
            }
            Some(_) | None => return Err(StoreErrorKind::Conflict.into()),
        }
        Ok(())
    }

    fn key_of(&self, member: MemberId, id: KeyId) -> Option<ApiKey> {
        self.keys.iter().find(|key| key.id == id && key.member == member).cloned()
    }
}

#[async_trait]
impl AccessBook for MemoryUnit {
    async fn member(&mut self, name: &MemberName) -> Result<Option<Member>, StoreError> {
        Ok(self.own().members.iter().find(|member| member.name == *name).cloned())
    }

    async fn insert_member(&mut self, member: &Member) -> Result<(), StoreError> {
        let member = member.clone();
        self.step(move |tables| {
            let taken = |kept: &Member| kept.name == member.name || kept.id == member.id;
            if tables.members.iter().any(taken) {
                return Err(StoreErrorKind::Duplicate.into());
            }
            tables.members.push(member.clone());
            Ok(())
        })
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.step(move |tables| {
            if tables.keys.iter().any(|kept| kept.hash == key.hash || kept.id == key.id) {
                return Err(StoreErrorKind::Duplicate.into());
            }
            tables.keys.push(key.clone());
            Ok(())
        })
    }

    async fn remove_key(
        &mut self,
        member: MemberId,
        id: KeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        let Some(key) = self.own().key_of(member, id) else { return Ok(None) };
        self.step(move |tables| {
            tables.key_of(member, id).ok_or(StoreErrorKind::Conflict)?;
            tables.keys.retain(|kept| kept.id != id);
            Ok(())
        })?;
        Ok(Some(key))
    }

    async fn account(&mut self, member: MemberId) -> Result<Option<Account>, StoreError> {
        Ok(self.own().account(member))
    }

    async fn insert_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        let profile = profile.clone();
        self.step(move |tables| tables.insert_profile(&profile))
    }

    async fn update_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        let profile = profile.clone();
        self.step(move |tables| tables.update_profile(&profile))
    }

    async fn insert_session(
        &mut self,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let session = session.clone();
        self.step(move |tables| {
            tables.sessions.retain(|kept| kept.ends_at > now && kept.hash != session.hash);
            tables.sessions.push(session.clone());
            Ok(())
        })
    }

    async fn end_session(&mut self, hash: &SecretHash) -> Result<(), StoreError> {
        let hash = *hash;
        self.step(move |tables| {
            tables.sessions.retain(|kept| kept.hash != hash);
            Ok(())
        })
    }
}

#[async_trait]
impl MemberReader for MemoryStore {
    async fn by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        Ok(self.snapshot().by_email(email))
    }

    async fn account(&self, member: MemberId) -> Result<Option<Account>, StoreError> {
        Ok(self.snapshot().account(member))
    }

    async fn keys(&self, of: MemberId, page: Page) -> Result<Vec<ApiKey>, StoreError> {
        let before = |key: &ApiKey| page.after.is_none_or(|after| key.id.to_bits() < after);
        let tables = self.snapshot();
        let mut keys: Vec<_> =
            tables.keys.iter().filter(|key| key.member == of && before(key)).cloned().collect();
        keys.sort_by_key(|key| std::cmp::Reverse(key.id));
        keys.truncate(page.limit.min(MAX_PAGE) as usize);
        Ok(keys)
    }
}
