use std::sync::Arc;

use castad_domain::{
    model::{JobId, JobState, Lane, MemberId},
    port::{Feeding, Offer, Taking, Turn},
};
use chrono::{DateTime, Utc};

use crate::tables::{JobRow, Tables};

impl JobRow {
    fn is_offered(&self, now: DateTime<Utc>) -> bool {
        self.state == JobState::Waiting && self.fed_until.is_some_and(|until| until > now)
    }

    fn may_be_offered(&self, feeding: Feeding) -> bool {
        self.is_due(feeding.due_by) && self.fed_until.is_none_or(|until| until <= feeding.lapsed_by)
    }

    /// When it may be claimed, as far as it alone is concerned.
    fn opens(&self) -> DateTime<Utc> {
        match self.state {
            JobState::Running => self.lease_until,
            JobState::Waiting | JobState::Dead => self.work.due,
        }
    }
}

impl Tables {
    fn offered(&self, lane: Lane, member: MemberId, now: DateTime<Utc>) -> usize {
        let of = |job: &JobRow| job.work.member == member && job.is_offered(now);
        self.of(lane).filter(|(_, job)| of(job)).count()
    }

    fn next_offer(&self, lane: Lane, feeding: Feeding) -> Option<JobId> {
        let busy = |member| {
            self.running(lane, member, feeding.now) + self.offered(lane, member, feeding.now)
        };
        let fair = |(id, job): &(&JobId, &Arc<JobRow>)| (busy(job.work.member), job.work.due, **id);
        let found = self.of(lane).filter(|(_, job)| job.may_be_offered(feeding));
        found.min_by_key(fair).map(|(id, _)| *id)
    }

    pub(crate) fn feed(&mut self, lane: Lane, feeding: Feeding) -> Vec<Offer> {
        let mut offers = Vec::new();
        if !self.lanes.of(lane).is_open(feeding.now) {
            return offers;
        }
        for _ in 0..feeding.most {
            let Some(id) = self.next_offer(lane, feeding) else { break };
            let Some(job) = self.jobs.get_mut(&id).map(Arc::make_mut) else { break };
            job.fed_until = Some(feeding.until);
            let (fence, due, until) = (job.fence, job.work.due, feeding.until);
            offers.push(Offer { job: id, lane, fence, due, until });
        }
        offers
    }

    pub(crate) fn claim_job(&mut self, offer: &Offer, turn: Turn) -> Taking {
        let Some(job) = self.jobs.get(&offer.job) else { return Taking::Gone };
        if job.fence != offer.fence || job.state == JobState::Dead {
            return Taking::Gone;
        }
        if !job.is_due(turn.now) {
            return Taking::NotNow(Some(job.opens()));
        }
        let lane = self.lanes.of(offer.lane);
        if !lane.is_open(turn.now) {
            return Taking::NotNow(lane.rests_until.filter(|_| !lane.paused));
        }
        if let Some(rate) = turn.rate {
            let booked = lane.booked;
            let Some(booked) = rate.book(booked, turn.now) else {
                return Taking::NotNow(Some(rate.opens(booked)));
            };
            self.lanes.of_mut(offer.lane).booked = booked;
        }
        self.give(offer.job, turn).map_or(Taking::Gone, |claim| Taking::Claimed(Box::new(claim)))
    }
}
