use castad_domain::{
    model::{Lane, LaneState},
    port::LanePace,
};
use chrono::{DateTime, TimeDelta, Utc};

/// What is known of each lane beside its jobs.
#[derive(Debug, Clone)]
pub(crate) struct Lanes([(LaneState, LanePace); Lane::ALL.len()]);

impl Default for Lanes {
    fn default() -> Self {
        let pace = LanePace { step: TimeDelta::zero(), spacing: TimeDelta::zero() };
        Self(Lane::ALL.map(|lane| (LaneState::open(lane), pace)))
    }
}

impl Lanes {
    pub(crate) fn of(&self, lane: Lane) -> &LaneState {
        &self.0[lane as usize].0
    }

    pub(crate) fn of_mut(&mut self, lane: Lane) -> &mut LaneState {
        &mut self.0[lane as usize].0
    }

    pub(crate) fn pace_of(&self, lane: Lane) -> LanePace {
        self.0[lane as usize].1
    }

    pub(crate) fn pace(&mut self, lane: Lane, pace: LanePace) {
        self.0[lane as usize].1 = pace;
    }

    pub(crate) fn rest(&mut self, lane: Lane, until: DateTime<Utc>, reason: &str) {
        let state = self.of_mut(lane);
        if state.rests_until.is_none_or(|rest| rest < until) {
            state.rests_until = Some(until);
            state.reason = Some(reason.to_owned());
        }
    }

    pub(crate) fn pause(&mut self, lane: Lane, reason: &str) {
        let state = self.of_mut(lane);
        (state.paused, state.reason) = (true, Some(reason.to_owned()));
    }

    pub(crate) fn resume(&mut self, lane: Lane) {
        let state = self.of_mut(lane);
        (state.paused, state.rests_until, state.reason) = (false, None, None);
    }
}
