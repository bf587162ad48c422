//! Projects, lyrics, songs, videos and pictures: what they are and what may happen to them.

mod access;
mod account;
mod action;
mod brief;
mod campaign;
mod channel;
mod coupon;
mod event;
mod failure;
mod hold;
mod id;
mod image;
mod key;
mod lane;
mod letter;
mod line;
mod lyric;
mod making;
mod media;
mod named;
mod news;
mod order;
mod pack;
mod points;
mod price;
mod production;
mod project;
mod purchase;
mod reply;
mod scope;
mod settings;
mod slot;
mod song;
mod task_kind;
mod text;
mod ticket;
mod transition;
mod video;
mod webhook;
mod words;
mod work;

pub use access::{ApiKey, Caller, KeyName, Member, MemberName, Pass, Role, SecretHash, Session};
pub use account::{
    Account, Credentials, Email, EmailError, Notify, Password, PasswordHash, PasswordLength,
    PersonName, Profile, ProfileChange,
};
pub use action::{Action, ActionKind, By, NewAction};
pub use brief::{
    Brief, BriefChange, BusinessName, Details, Language, Orientation, Region, Style, UnknownWord,
};
pub use campaign::{Campaign, CampaignMode, CampaignParts, CampaignTerms, ClaimRefusal, OfferName};
pub use channel::{Channel, ChannelName, ChannelPlan, PlanError};
pub use coupon::{Coupon, CouponParts, CouponRefusal, CouponState, Discount, Off, OutOfBounds};
pub use event::{Datum, Event, EventKind, EventSeq, NewEvent};
pub use failure::{Failure, FailureCode};
pub use hold::{HOLD_TIME, Hold, HoldRefusal, HoldState, MOST_HELD};
pub use id::{
    ActionId, AttemptToken, CampaignId, ChannelId, CouponId, CouponRequestId, DeliveryId, EntryId,
    HoldId, ImageId, JobId, KeyId, LotId, LyricId, MemberId, OrderId, PackId, ParseIdError,
    PaymentRef, ProjectId, ProviderJob, ProviderName, QueueToken, SessionId, SlotId, SongId,
    UsageId, VideoId, WebhookId,
};
pub use image::{Image, ImageState};
pub use key::{KeyLifetime, KeyTerms};
pub use lane::{Backlog, BacklogFull, BacklogLimits, Lane, LaneState, Outlook, Rate};
pub use letter::{LastDay, Letter, Tidings, Wording};
pub use line::{CouponLine, CouponRequest, Declined, RequestState, Served};
pub use lyric::{Lyric, LyricState};
pub use making::{Making, Product};
pub use media::{MediaKey, MediaKeyError, MediaType, Stored};
pub use news::{News, NewsKind};
pub use order::{Ending, Order, OrderParts, OrderRefusal, OrderState, Taken};
pub use pack::{Pack, PackChange, PackParts, PackTerms};
pub use points::{
    Cancellation, Credit, Entry, EntryKind, GivenBack, Lot, LotKind, LotState, OrderNumber,
    OrderNumberError, PointAccount, PointsChanges, PointsRefusal, Reason, ReasonError, Reconciled,
    Restored, Stamp, Totals, Transfer, Usage, UsageDetail,
};
pub use price::{Prices, Quote};
pub use production::{Changes, Kept, MAX_IMAGES, Production, Touch, Wanted};
pub use project::{Project, ProjectParts, ProjectStatus};
pub use purchase::{ProviderJobError, Purchase, UnresolvedPurchase, Verdict};
pub use reply::{Answer, Fingerprint, IdempotencyKey, IdempotencyKeyError, Reply};
pub use scope::{Scope, Scopes};
pub use settings::{
    PointLimits, SettingChange, SettingFault, SettingKey, Settings, SettingsVersion,
};
pub use slot::{Place, Slot, SlotState};
pub use song::{LineTime, Recording, Song};
pub use task_kind::TaskKind;
pub use text::TextError;
pub use ticket::{
    BookingQueue, LET_IN, LET_IN_EVERY, TICKET_LIFE, Ticket, TicketRefusal, TicketState,
};
pub use transition::{IllegalTransition, Refusal};
pub use video::{Film, Video};
pub use webhook::{
    DisabledReason, EventFilter, EventFilterError, NotToldYet, WAITS, Webhook, WebhookChange,
    WebhookDelivery, WebhookFault, WebhookNote, WebhookOutcome, WebhookParts, WebhookSecret,
    WebhookSecrets, WebhookState, WebhookTerms, WebhookUrl, WebhookUrlError,
};
pub use words::{LyricText, LyricTextError, Section, SectionKind};
pub use work::{Claim, Job, JobEntry, JobState, Stage, Task, Work};
