use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Utc};

use super::{MemberId, ParseIdError, ProjectId, named::named};

/// Where an event stands in its member's log; later events have higher ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventSeq(pub i64);

impl fmt::Display for EventSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "evt_{:012}", self.0)
    }
}

impl FromStr for EventSeq {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let digits = text.strip_prefix("evt_").filter(|d| d.bytes().all(|b| b.is_ascii_digit()));
        let seq = digits.and_then(|digits| digits.parse().ok());
        seq.map(Self).ok_or(ParseIdError { prefix: "evt" })
    }
}

named! {
    /// What happened.
    EventKind;
    /// A project was opened.
    ProjectCreated = "project.created",
    /// Its brief was changed.
    ProjectUpdated = "project.updated",
    /// Its newest video is ready.
    ProjectFinished = "project.finished",
    /// A stage of it failed.
    ProjectFailed = "project.failed",
    /// Its owner or its deadline stopped it.
    ProjectCanceled = "project.canceled",
    /// It was put away.
    ProjectArchived = "project.archived",
    /// Pictures were added.
    ImagesAdded = "images.added",
    /// A picture was taken out.
    ImageRemoved = "image.removed",
    /// Pictures were put in another order.
    ImagesReordered = "images.reordered",
    /// A lyric was asked for.
    LyricRequested = "lyric.requested",
    /// A writer was asked.
    LyricWriting = "lyric.writing",
    /// The words are there.
    LyricReady = "lyric.ready",
    /// The owner changed or wrote the words.
    LyricEdited = "lyric.edited",
    /// No words came of it.
    LyricFailed = "lyric.failed",
    /// The lyric was stopped.
    LyricCanceled = "lyric.canceled",
    /// A song was asked for.
    SongRequested = "song.requested",
    /// The decision to buy a song was taken.
    SongSubmitting = "song.submitting",
    /// A provider composes.
    SongComposing = "song.composing",
    /// A song is being fetched.
    SongCollecting = "song.collecting",
    /// A song is there.
    SongReady = "song.ready",
    /// Whether a song was bought is not known.
    SongUnresolved = "song.unresolved",
    /// An admin decided what is to become of a song that was not known to be bought.
    SongDecided = "song.decided",
    /// No song came of it.
    SongFailed = "song.failed",
    /// The song was stopped.
    SongCanceled = "song.canceled",
    /// A video was asked for.
    VideoRequested = "video.requested",
    /// The decision to buy a video was taken.
    VideoSubmitting = "video.submitting",
    /// A provider renders.
    VideoRendering = "video.rendering",
    /// A video is being fetched.
    VideoCollecting = "video.collecting",
    /// A video is there.
    VideoReady = "video.ready",
    /// Whether a video was bought is not known.
    VideoUnresolved = "video.unresolved",
    /// An admin decided what is to become of a video that was not known to be bought.
    VideoDecided = "video.decided",
    /// No video came of it.
    VideoFailed = "video.failed",
    /// The video was stopped.
    VideoCanceled = "video.canceled",
    /// Points came.
    PointsAccumulated = "points.accumulated",
    /// Points that came were taken back.
    PointsAccumulationCanceled = "points.accumulation_canceled",
    /// Points were spent.
    PointsUsed = "points.used",
    /// Points that were spent came back.
    PointsUseCanceled = "points.use_canceled",
    /// Points were lost when their time was over.
    PointsExpired = "points.expired",
    /// Points went to another member, or came from one.
    PointsTransferred = "points.transferred",
    /// A member registered.
    MemberRegistered = "member.registered",
    /// A member's name, language or wishes were changed.
    MemberUpdated = "member.updated",
    /// A key was made.
    KeyCreated = "key.created",
    /// A key was revoked.
    KeyRevoked = "key.revoked",
    /// A setting was changed by this admin.
    SettingsChanged = "settings.changed",
    /// A campaign gave a coupon.
    CouponIssued = "coupon.issued",
    /// A place in the line of a campaign came to no coupon.
    CouponRefused = "coupon.refused",
    /// A coupon was used in an order.
    CouponUsed = "coupon.used",
    /// A coupon was taken back.
    CouponRevoked = "coupon.revoked",
    /// An order came to nothing and gave its coupon back.
    CouponReturned = "coupon.returned",
    /// A coupon's time was over.
    CouponExpired = "coupon.expired",
    /// Packs were ordered.
    OrderCreated = "order.created",
    /// An order was paid, and its points are there.
    OrderPaid = "order.paid",
    /// Nobody paid for an order in time.
    OrderExpired = "order.expired",
    /// An order was ended; what was paid for it went back.
    OrderCanceled = "order.canceled",
    /// A slot is kept for the member for a while.
    SlotHeld = "slot.held",
    /// The member gave a slot back before it was paid.
    SlotReleased = "slot.released",
    /// A slot was not paid in time.
    SlotExpired = "slot.expired",
    /// A slot was paid and is booked.
    SlotReserved = "slot.reserved",
    /// The member gave a booking back.
    SlotCanceled = "slot.canceled",
    /// A webhook was made.
    WebhookCreated = "webhook.created",
    /// A webhook was changed, switched on, given another secret or set back.
    WebhookUpdated = "webhook.updated",
    /// Nothing more is delivered to a webhook; the reason is told.
    WebhookDisabled = "webhook.disabled",
    /// A webhook was deleted.
    WebhookDeleted = "webhook.deleted",
}

impl EventKind {
    /// The kind of a stored word; `None` if there is none of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// A value that an event tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Datum {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// Something that happened and is not in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// To which project.
    pub project: Option<ProjectId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What else is to be told.
    pub data: BTreeMap<&'static str, Datum>,
}

/// An entry of a member's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it stands in the log.
    pub seq: EventSeq,
    /// Whose log it is.
    pub member: MemberId,
    /// What happened.
    pub kind: EventKind,
    /// To which project.
    pub project: Option<ProjectId>,
    /// When.
    pub at: DateTime<Utc>,
    /// What else is told.
    pub data: BTreeMap<String, Datum>,
    /// What led to it, as whoever opened the store has it written beside what is appended.
    pub trace: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_log_reads_back_and_sorts_as_text() {
        let (early, late) = (EventSeq(9), EventSeq(10));
        assert_eq!(early.to_string().parse(), Ok(early));
        assert!(early.to_string() < late.to_string());
        assert!("evt_-1".parse::<EventSeq>().is_err());
        assert!("evt_".parse::<EventSeq>().is_err());
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for &kind in EventKind::ALL {
            assert_eq!(EventKind::from_name(kind.name()), Some(kind));
        }
    }
}
