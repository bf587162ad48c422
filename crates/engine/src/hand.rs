use castad_domain::{
    model::{Claim, Lane},
    port::{OfferInHand, StoreError, Taking, chain},
};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;

use crate::{Engine, crew::Crew, fed::Fed, gate::Place};

/// The shortest wait for a lane that lets nothing begin just now.
const MOMENT: TimeDelta = TimeDelta::milliseconds(100);

/// What became of an offer.
enum Outcome {
    Claimed(Box<Claim>),
    /// It is of no use to anybody.
    Over,
    /// Its lane opens soon, and nobody else would be quicker.
    Soon(DateTime<Utc>),
    /// It is for somebody else, or for later.
    Back(TimeDelta),
}

/// The part of an engine that takes offers, one hand for each lane.
impl Engine {
    /// Takes offers of a lane while the feed answers and there is room for a step.
    pub(crate) async fn hand(&self, fed: &Fed, crew: &Crew, lane: Lane, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let freed = self.gates.freed();
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.until_it_may_begin(fed, crew, lane) => {}
            }
            let Some(part) = self.gates.enter(lane) else {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = freed => continue,
                }
            };
            // A take that is broken off may have an offer on its way.
            if let Some(hand) = fed.take(lane, self.settings.look).await {
                self.take_up(fed, crew, (hand, part), stop).await;
            }
        }
    }

    /// Until the feed answers, the lane is open as far as is known, and a place is free.
    async fn until_it_may_begin(&self, fed: &Fed, crew: &Crew, lane: Lane) {
        loop {
            fed.until(true).await;
            let looked = fed.looked();
            match self.opens(fed, lane) {
                Some(opens) if opens <= self.ports.clock.now() => break,
                Some(opens) => tokio::select! {
                    () = looked => {}
                    () = self.ports.clock.reach(opens) => {}
                },
                None => looked.await,
            }
        }
        drop(crew.place().await);
    }

    /// When a step of the lane may begin, as far as is known; `None` while it stands still.
    pub(crate) fn opens(&self, fed: &Fed, lane: Lane) -> Option<DateTime<Utc>> {
        let state = fed.lane(lane);
        if state.paused {
            return None;
        }
        let rate = self.settings.rates.of(lane).map(|rate| rate.opens(state.booked));
        let opens = [state.rests_until, rate, self.gates.opens(lane)];
        Some(opens.into_iter().flatten().max().unwrap_or_default())
    }

    /// Begins the step of an offer in hand, or sees to it that somebody does.
    async fn take_up(
        &self,
        fed: &Fed,
        crew: &Crew,
        (hand, part): (Box<dyn OfferInHand>, Place),
        stop: &CancellationToken,
    ) {
        loop {
            // Of several hands that took an offer for the last place one has it.
            let place = if stop.is_cancelled() { None } else { crew.free_place() };
            let Some(place) = place else {
                return fed.give_back(hand, TimeDelta::zero()).await;
            };
            match self.claim_offered(&*hand).await {
                Outcome::Claimed(claim) => {
                    crew.begin(&self.shift, *claim, part, place);
                    return fed.settle(hand).await;
                }
                Outcome::Over => return fed.settle(hand).await,
                Outcome::Back(after) => return fed.give_back(hand, after).await,
                Outcome::Soon(opens) => {
                    drop(place);
                    fed.keep(&*hand).await;
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = self.ports.clock.reach(opens) => {}
                    }
                }
            }
        }
    }

    /// Claims the job of an offer, and settles or gives back the offer at once.
    pub(crate) async fn claim_in_hand(
        &self,
        fed: &Fed,
        hand: Box<dyn OfferInHand>,
    ) -> Result<Option<Claim>, StoreError> {
        match self.claim_offered(&*hand).await {
            Outcome::Claimed(claim) => {
                fed.settle(hand).await;
                return Ok(Some(*claim));
            }
            Outcome::Over => fed.settle(hand).await,
            Outcome::Back(after) => fed.give_back(hand, after).await,
            Outcome::Soon(opens) => {
                fed.give_back(hand, opens - self.ports.clock.now()).await;
            }
        }
        Ok(None)
    }

    async fn claim_offered(&self, hand: &dyn OfferInHand) -> Outcome {
        let (offer, now) = (hand.offer(), self.ports.clock.now());
        match self.ports.queue.claim_job(&offer, self.turn(offer.lane, now)).await {
            Ok(Taking::Claimed(claim)) => {
                self.gates.took(offer.lane);
                Outcome::Claimed(claim)
            }
            Ok(Taking::Gone) => Outcome::Over,
            Ok(Taking::NotNow(Some(opens))) if opens - now <= self.settings.lease / 3 => {
                Outcome::Soon(opens.max(now + MOMENT))
            }
            Ok(Taking::NotNow(opens)) => {
                Outcome::Back(opens.map_or(self.settings.look, |opens| opens - now))
            }
            Err(fault) => {
                tracing::warn!(error = chain(&fault), "an offered job could not be claimed");
                Outcome::Back(self.settings.look)
            }
        }
    }
}
