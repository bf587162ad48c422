use chrono::{DateTime, Utc};

use super::{
    Campaign, CampaignId, ClaimRefusal, Coupon, CouponId, CouponRequestId, IllegalTransition,
    MemberId, UnknownWord,
};

/// Why a request for a coupon came to nothing at its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// None was left.
    #[error("all coupons of this campaign were given away")]
    SoldOut,
    /// The member has had one, be it used or taken back.
    #[error("you have had a coupon of this campaign: there is one for each member")]
    AlreadyIssued,
}

impl Declined {
    /// Every reason.
    pub const ALL: [Self; 2] = [Self::SoldOut, Self::AlreadyIssued];

    /// The reason's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SoldOut => "sold_out",
            Self::AlreadyIssued => "already_issued",
        }
    }

    /// The reason of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|reason| reason.name() == name);
        known.ok_or(UnknownWord { allowed: "sold_out, already_issued" })
    }
}

/// Where a request for a coupon stands.
///
/// ```text
/// Waiting --served--> Issued
/// Waiting --served--> Refused
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Its turn has not come.
    Waiting,
    /// It got a coupon.
    Issued {
        /// Which.
        coupon: CouponId,
        /// When.
        at: DateTime<Utc>,
    },
    /// It came to nothing.
    Refused {
        /// Why.
        why: Declined,
        /// When.
        at: DateTime<Utc>,
    },
}

impl RequestState {
    /// The state's word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Issued { .. } => "issued",
            Self::Refused { .. } => "refused",
        }
    }

    /// When it was decided; `None` while it waits.
    #[must_use]
    pub fn decided_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Waiting => None,
            Self::Issued { at, .. } | Self::Refused { at, .. } => Some(*at),
        }
    }
}

/// A member's place in the line for the coupons of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponRequest {
    /// Its id.
    pub id: CouponRequestId,
    /// The campaign.
    pub campaign: CampaignId,
    /// Whose it is.
    pub member: MemberId,
    /// The how many-th it is, counted from 1 in the order in which places were given.
    pub place: i64,
    /// Where it stands.
    pub state: RequestState,
    /// When the place was given.
    pub asked_at: DateTime<Utc>,
}

/// What a request that was served has become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The request, decided.
    pub request: CouponRequest,
    /// The campaign with one coupon less, and that coupon, if it got one.
    pub given: Option<(Campaign, Coupon)>,
}

impl CouponRequest {
    /// What becomes of it at its turn: the same decision as where nobody stands in line.
    ///
    /// A place is only given once the campaign is open, so that a server whose clock is behind
    /// serves nobody who came too early.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it waits in the line of that campaign.
    pub fn served(
        &self,
        campaign: &Campaign,
        has_had_one: bool,
        id: CouponId,
        now: DateTime<Utc>,
    ) -> Result<Served, IllegalTransition> {
        let refuse = |from| IllegalTransition { what: "request", from, event: "served" };
        if self.state != RequestState::Waiting || self.campaign != campaign.parts().id {
            return Err(refuse(self.state.name()));
        }
        let at = now.max(self.asked_at);
        let decided = |state| Self { state, ..self.clone() };
        let why = match campaign.claim(has_had_one, id, self.member, at) {
            Ok((campaign, coupon)) => {
                let request = decided(RequestState::Issued { coupon: id, at });
                return Ok(Served { request, given: Some((campaign, coupon)) });
            }
            Err(ClaimRefusal::AlreadyIssued) => Declined::AlreadyIssued,
            Err(ClaimRefusal::SoldOut) => Declined::SoldOut,
            Err(ClaimRefusal::NoCampaign | ClaimRefusal::NotOpen { .. }) => {
                return Err(refuse("too early"));
            }
        };
        Ok(Served { request: decided(RequestState::Refused { why, at }), given: None })
    }
}

/// The line before a campaign that gives its coupons in order: all that is needed to take a place
/// in it, apart from the campaign, so that whoever comes waits for nobody who is being served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CouponLine {
    /// The campaign.
    pub campaign: CampaignId,
    /// When the campaign opens.
    pub opens_at: DateTime<Utc>,
    /// The last place that was given.
    pub last_place: i64,
    /// Whether there is a job that will serve it.
    pub called: bool,
}

impl CouponLine {
    /// One in which nobody has stood yet; `None` where the campaign gives its coupons directly.
    #[must_use]
    pub fn of(campaign: &Campaign) -> Option<Self> {
        let parts = campaign.parts();
        let (campaign, opens_at) = (parts.id, parts.terms.opens_at);
        match parts.terms.mode {
            super::CampaignMode::Direct => None,
            super::CampaignMode::Queue => {
                Some(Self { campaign, opens_at, last_place: 0, called: false })
            }
        }
    }

    /// The line with one more in it, and that one: somebody is called to serve it.
    ///
    /// That no coupon is left is no reason: one may be given back before the turn has come.
    ///
    /// # Errors
    ///
    /// [`ClaimRefusal`] where it is certain by now that nothing can come of it.
    pub fn joined(
        &self,
        has_had_one: bool,
        id: CouponRequestId,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<(Self, CouponRequest), ClaimRefusal> {
        if has_had_one {
            return Err(ClaimRefusal::AlreadyIssued);
        }
        if self.opens_at > now {
            return Err(ClaimRefusal::NotOpen { opens_at: self.opens_at });
        }
        let (campaign, place) = (self.campaign, self.last_place + 1);
        let state = RequestState::Waiting;
        let request = CouponRequest { id, campaign, member, place, state, asked_at: now };
        Ok((Self { last_place: place, called: true, ..self.clone() }, request))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::{CampaignMode, CampaignTerms, Discount, Off, OfferName};

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn campaign(mode: CampaignMode) -> Campaign {
        let terms = CampaignTerms {
            name: OfferName::parse("개업 기념").unwrap(),
            total: 1,
            opens_at: at(10),
            discount: Discount::new(Off::Fixed(1_000)).unwrap(),
            minimum_order: 5_000,
            valid_days: 30,
            mode,
        };
        Campaign::new(CampaignId::from_bits(1), terms, at(0))
    }

    fn join(
        line: &CouponLine,
        n: u128,
        now: i64,
    ) -> Result<(CouponLine, CouponRequest), ClaimRefusal> {
        line.joined(false, CouponRequestId::from_bits(n), MemberId::from_bits(n), at(now))
    }

    fn serve(campaign: &Campaign, request: &CouponRequest, had: bool, now: i64) -> Served {
        request.served(campaign, had, CouponId::from_bits(9), at(now)).unwrap()
    }

    #[test]
    fn places_rise_and_the_first_who_comes_calls_a_server() {
        assert_eq!(CouponLine::of(&campaign(CampaignMode::Direct)), None);
        let line = CouponLine::of(&campaign(CampaignMode::Queue)).unwrap();
        assert!(!line.called);
        let (line, first) = join(&line, 1, 10).unwrap();
        let (line, second) = join(&line, 2, 11).unwrap();
        assert_eq!((first.place, second.place, line.last_place), (1, 2, 2));
        assert!(line.called);
    }

    #[test]
    fn a_place_is_refused_only_where_nothing_can_come_of_it() {
        let line = CouponLine::of(&campaign(CampaignMode::Queue)).unwrap();
        let early = join(&line, 1, 9).map(drop);
        assert_eq!(early, Err(ClaimRefusal::NotOpen { opens_at: at(10) }));
        let (id, member) = (CouponRequestId::from_bits(1), MemberId::from_bits(1));
        let had = line.joined(true, id, member, at(9)).map(drop);
        assert_eq!(had, Err(ClaimRefusal::AlreadyIssued));
        assert!(join(&line, 1, 10).is_ok());
    }

    #[test]
    fn a_request_is_served_once_and_as_the_campaign_decides() {
        let full = campaign(CampaignMode::Queue);
        let line = CouponLine::of(&full).unwrap();
        let (_, request) = join(&line, 1, 10).unwrap();
        // The clock of whoever serves may be behind.
        let served = serve(&full, &request, false, 5);
        let (less, coupon) = served.given.clone().unwrap();
        let state = RequestState::Issued { coupon: coupon.parts().id, at: at(10) };
        assert_eq!((served.request.state, coupon.parts().number), (state, 1));
        assert_eq!(state.decided_at(), Some(at(10)));

        for (had, why) in [(false, Declined::SoldOut), (true, Declined::AlreadyIssued)] {
            let refused = serve(&less, &request, had, 12);
            let state = RequestState::Refused { why, at: at(12) };
            assert_eq!((refused.request.state, refused.given), (state, None));
            assert_eq!(Declined::from_name(why.name()), Ok(why));
        }

        let again = served.request.served(&less, false, CouponId::from_bits(8), at(13));
        let refused = IllegalTransition { what: "request", from: "issued", event: "served" };
        assert_eq!(again, Err(refused));
    }
}
