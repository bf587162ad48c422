use std::{collections::BTreeMap, fmt::Display};

use chrono::{DateTime, Utc};

use super::{ActionId, Caller, Datum, MemberId, Pass, UnknownWord, named::named};

/// Who does something, and with what they came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// The member.
    pub member: MemberId,
    /// What they came in with.
    pub pass: Pass,
    /// What the request is called in the log, if it was one.
    pub request: Option<String>,
}

impl By {
    /// The caller of a request.
    #[must_use]
    pub fn request(caller: Caller, request: Option<String>) -> Self {
        Self { member: caller.member, pass: caller.pass, request }
    }
}

/// Whoever runs the program, as that member.
impl From<MemberId> for By {
    fn from(member: MemberId) -> Self {
        Self { member, pass: Pass::Program, request: None }
    }
}

named! {
    /// What an admin does that changes something.
    ActionKind;
    /// A setting was changed.
    SettingChanged = "setting.changed",
    /// A member was given points.
    PointsGranted = "points.granted",
    /// Points that were given were taken back.
    PointsTakenBack = "points.taken_back",
    /// Points went from one member to another.
    PointsTransferred = "points.transferred",
    /// Points that were past their time were written off.
    PointsExpired = "points.expired",
    /// What was kept of a member's points was put right.
    PointsCorrected = "points.corrected",
    /// A job that was set aside is tried again.
    JobReplayed = "job.replayed",
    /// All jobs that were set aside are tried again, or those of one task.
    JobsReplayed = "jobs.replayed",
    /// It was decided what becomes of a purchase that nobody knew of.
    PurchaseDecided = "purchase.decided",
    /// A provider is left alone.
    ProviderPaused = "provider.paused",
    /// A provider is asked again.
    ProviderResumed = "provider.resumed",
    /// A campaign was made.
    CampaignOpened = "campaign.opened",
    /// A coupon was taken back.
    CouponRevoked = "coupon.revoked",
    /// A pack was put on sale.
    PackOpened = "pack.opened",
    /// A pack was changed.
    PackChanged = "pack.changed",
    /// A channel was opened.
    ChannelOpened = "channel.opened",
    /// A key was made for somebody else, or for an admin.
    KeyCreated = "key.created",
    /// A key of somebody else was revoked, or one of an admin.
    KeyRevoked = "key.revoked",
}

impl ActionKind {
    /// The kind of a word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let found = Self::ALL.iter().copied().find(|kind| kind.name() == name);
        found.ok_or(UnknownWord { allowed: "the actions that docs/access.md lists" })
    }
}

/// What an admin does, to be noted with its effect. No secret belongs here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAction {
    /// Who does it.
    pub by: By,
    /// What they do.
    pub kind: ActionKind,
    /// To what, by its id or name.
    pub target: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What else is to be told.
    pub details: BTreeMap<&'static str, Datum>,
}

impl NewAction {
    /// Something done to one thing.
    #[must_use]
    pub fn new<const N: usize>(
        by: &By,
        kind: ActionKind,
        target: &dyn Display,
        at: DateTime<Utc>,
        details: [(&'static str, Datum); N],
    ) -> Self {
        let (by, target) = (by.clone(), target.to_string());
        Self { by, kind, target, at, details: BTreeMap::from(details) }
    }
}

/// What an admin did, as it was noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its id; later ones are greater.
    pub id: ActionId,
    /// Who did it.
    pub by: By,
    /// The word of its kind, which a later release may have given it.
    pub kind: String,
    /// To what, by its id or name.
    pub target: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What else is told.
    pub details: BTreeMap<String, Datum>,
}

impl Action {
    /// A note under its id.
    #[must_use]
    pub fn noted(id: ActionId, new: &NewAction) -> Self {
        let NewAction { by, kind, target, at, details } = new.clone();
        let details = details.into_iter().map(|(name, datum)| (name.to_owned(), datum)).collect();
        Self { id, by, kind: kind.name().to_owned(), target, at, details }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for &kind in ActionKind::ALL {
            assert_eq!(ActionKind::from_name(kind.name()), Ok(kind));
        }
        assert!(ActionKind::from_name("points.Granted").is_err());
    }
}
