use std::collections::BTreeMap;

use async_trait::async_trait;
use castad_domain::{
    model::{
        Campaign, CampaignId, CouponLine, CouponRequest, CouponRequestId, MemberId, RequestState,
        Task,
    },
    port::{LineBook, NumberedCoupon, StoodInLine, StoreError, StoreErrorKind},
};
use chrono::{DateTime, Utc};

use crate::{tables::Tables, unit::MemoryUnit};

/// Lines before campaigns, and who stands in them.
#[derive(Clone, Default)]
pub(crate) struct Lines {
    pub(crate) lines: BTreeMap<CampaignId, CouponLine>,
    pub(crate) requests: BTreeMap<CouponRequestId, CouponRequest>,
}

fn waits(request: &CouponRequest) -> bool {
    request.state == RequestState::Waiting
}

impl Lines {
    pub(crate) fn open(&mut self, campaign: &Campaign) {
        self.lines.extend(CouponLine::of(campaign).map(|line| (line.campaign, line)));
    }

    /// Those who wait, in the order of their places.
    fn waiting(&self, campaign: CampaignId) -> Vec<&CouponRequest> {
        let of_it = |request: &&CouponRequest| request.campaign == campaign && waits(request);
        let mut waiting: Vec<_> = self.requests.values().filter(of_it).collect();
        waiting.sort_by_key(|request| request.place);
        waiting
    }

    fn of_member(&self, campaign: CampaignId, member: MemberId) -> Option<&CouponRequest> {
        let mut requests = self.requests.values().filter(|request| waits(request));
        requests.find(|request| request.campaign == campaign && request.member == member)
    }

    fn take_place(&mut self, request: &CouponRequest, line: &CouponLine) -> Result<(), StoreError> {
        let before = line.last_place - 1;
        let taken = self.requests.contains_key(&request.id);
        if taken || self.of_member(request.campaign, request.member).is_some() {
            return Err(StoreErrorKind::Duplicate.into());
        }
        let kept = self.lines.get_mut(&line.campaign).filter(|kept| kept.last_place == before);
        *kept.ok_or(StoreErrorKind::Conflict)? = line.clone();
        self.requests.insert(request.id, request.clone());
        Ok(())
    }

    fn call(&mut self, campaign: CampaignId, called: bool) {
        if let Some(line) = self.lines.get_mut(&campaign) {
            line.called = called;
        }
    }

    fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError> {
        let kept = self.requests.get_mut(&request.id).filter(|kept| waits(kept));
        kept.ok_or(StoreErrorKind::Conflict)?.state = request.state;
        Ok(())
    }

    fn old(&self, before: DateTime<Utc>, limit: u32) -> Vec<CouponRequestId> {
        let decided = self.requests.values();
        let decided = decided.filter_map(|r| r.state.decided_at().map(|at| (at, r.id)));
        let mut old: Vec<_> = decided.filter(|(at, _)| *at < before).collect();
        old.sort();
        old.into_iter().take(limit as usize).map(|(_, id)| id).collect()
    }
}

impl Tables {
    /// A request of the member's, and where it stands.
    pub(crate) fn stood_in_line(&self, of: MemberId, id: CouponRequestId) -> Option<StoodInLine> {
        let lines = &self.lines;
        let request = lines.requests.get(&id).filter(|request| request.member == of)?.clone();
        let ahead = waits(&request).then(|| {
            let waiting = lines.waiting(request.campaign);
            let before = waiting.iter().filter(|other| other.place < request.place);
            i64::try_from(before.count()).unwrap_or(i64::MAX)
        });
        let given = match request.state {
            RequestState::Issued { coupon, .. } => self.coupons.coupons.get(&coupon),
            RequestState::Waiting | RequestState::Refused { .. } => None,
        };
        let given = given
            .map(|coupon| coupon.parts())
            .map(|coupon| NumberedCoupon { number: coupon.number, expires_at: coupon.expires_at });
        Some(StoodInLine { request, ahead, given })
    }

    /// Lines to which a server was called that is not there.
    pub(crate) fn forsaken_lines(&self, limit: u32) -> Vec<CampaignId> {
        let has_job = |id| self.jobs.values().any(|job| job.work.task == Task::ServeLine(id));
        let called = self.lines.lines.values().filter(|line| line.called);
        let forsaken = called.map(|line| line.campaign).filter(|id| !has_job(*id));
        forsaken.take(limit as usize).collect()
    }
}

#[async_trait]
impl LineBook for MemoryUnit {
    async fn line(&mut self, campaign: CampaignId) -> Result<Option<CouponLine>, StoreError> {
        Ok(self.guard(move |tables| tables.lines.lines.get(&campaign).cloned()))
    }

    async fn waiting_request(
        &mut self,
        campaign: CampaignId,
        member: MemberId,
    ) -> Result<Option<CouponRequest>, StoreError> {
        Ok(self.own().lines.of_member(campaign, member).cloned())
    }

    async fn take_place(
        &mut self,
        request: &CouponRequest,
        line: &CouponLine,
    ) -> Result<(), StoreError> {
        let (request, line) = (request.clone(), line.clone());
        self.step(move |tables| tables.lines.take_place(&request, &line))
    }

    async fn call_line(&mut self, campaign: CampaignId, called: bool) -> Result<(), StoreError> {
        self.step(move |tables| {
            tables.lines.call(campaign, called);
            Ok(())
        })
    }

    async fn next_in_line(
        &mut self,
        campaign: CampaignId,
        limit: u32,
    ) -> Result<Vec<CouponRequest>, StoreError> {
        let waiting = self.own().lines.waiting(campaign);
        Ok(waiting.into_iter().take(limit as usize).cloned().collect())
    }

    async fn decide(&mut self, request: &CouponRequest) -> Result<(), StoreError> {
        let request = request.clone();
        self.step(move |tables| tables.lines.decide(&request))
    }

    async fn forget_requests(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let old = self.own().lines.old(before, limit);
        let forgotten = old.len() as u64;
        self.step(move |tables| {
            tables.lines.requests.retain(|id, _| !old.contains(id));
            Ok(())
        })?;
        Ok(forgotten)
    }
}
