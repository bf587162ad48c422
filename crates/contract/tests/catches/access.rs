use async_trait::async_trait;
use castad_contract::make;
use castad_domain::{
    model::{
        Account, ApiKey, Caller, Email, KeyId, Member, MemberId, MemberName, Profile, SecretHash,
        Session,
    },
    port::{AccessBook, Auditor, BookRule, Finding, Gate, MemberReader, Page, Store, StoreError},
};
use chrono::{DateTime, Utc};

use super::{Broken, Fault, Unit};

#[async_trait]
impl AccessBook for Unit {
    async fn member(&mut self, name: &MemberName) -> Result<Option<Member>, StoreError> {
        self.inner.access().member(name).await
    }

    async fn insert_member(&mut self, member: &Member) -> Result<(), StoreError> {
        self.inner.access().insert_member(member).await
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), StoreError> {
        self.inner.access().insert_key(key).await
    }

    async fn remove_key(
        &mut self,
        member: MemberId,
        id: KeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        if self.store.fault != Fault::ForgetsOwners {
            return self.inner.access().remove_key(member, id).await;
        }
        let mut owners = vec![member];
        owners.extend((1..=9).map(|n| make::member(n).id));
        for owner in owners {
            if let Some(key) = self.inner.access().remove_key(owner, id).await? {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    async fn account(&mut self, member: MemberId) -> Result<Option<Account>, StoreError> {
        self.inner.access().account(member).await
    }

    async fn insert_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        if self.store.fault != Fault::SharesAddresses {
            return self.inner.access().insert_profile(profile).await;
        }
        // Under another address nobody is in the way.
        let mut profile = profile.clone();
        if let Some(kept) = &mut profile.credentials {
            let address = format!("{}.{}", profile.member, kept.email.as_str());
            kept.email = Email::parse(&address).expect("it is an address still");
        }
        self.inner.access().insert_profile(&profile).await
    }

    async fn update_profile(&mut self, profile: &Profile) -> Result<(), StoreError> {
        if self.store.fault != Fault::IgnoresVersions {
            return self.inner.access().update_profile(profile).await;
        }
        let mut unit = self.store.inner.begin().await?;
        let kept = unit.access().account(profile.member).await?;
        let version = kept.map_or(0, |kept| kept.profile.version);
        unit.access().update_profile(&Profile { version, ..profile.clone() }).await?;
        unit.commit().await
    }

    async fn insert_session(
        &mut self,
        session: &Session,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.inner.access().insert_session(session, now).await
    }

    async fn end_session(&mut self, hash: &SecretHash) -> Result<(), StoreError> {
        self.inner.access().end_session(hash).await
    }
}

#[async_trait]
impl Gate for Broken {
    async fn caller(
        &self,
        hash: &SecretHash,
        now: DateTime<Utc>,
    ) -> Result<Option<Caller>, StoreError> {
        let eternal = self.fault == Fault::EternalSessions;
        let now = if eternal { DateTime::UNIX_EPOCH } else { now };
        self.inner.caller(hash, now).await
    }
}

#[async_trait]
impl Auditor for Broken {
    async fn audit(&self, rule: BookRule, most: u32) -> Result<Vec<Finding>, StoreError> {
        self.inner.audit(rule, most).await
    }
}

#[async_trait]
impl MemberReader for Broken {
    async fn by_email(&self, email: &Email) -> Result<Option<Account>, StoreError> {
        self.inner.by_email(email).await
    }

    async fn account(&self, member: MemberId) -> Result<Option<Account>, StoreError> {
        self.inner.account(member).await
    }

    async fn keys(&self, of: MemberId, page: Page) -> Result<Vec<ApiKey>, StoreError> {
        let page =
            if self.fault == Fault::ForgetsPages { Page { after: None, ..page } } else { page };
        self.inner.keys(of, page).await
    }
}
