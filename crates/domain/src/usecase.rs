//! What owners order and what workers do, one file each.
//!
//! An order loads, decides, stores and commits. A step of a worker may run twice and ends the same;
//! it calls a provider or the media store only while no unit of work is open, and ends its job in
//! the unit that writes its effect.

mod account;
mod adopt;
mod again;
mod begun;
mod biller;
mod books;
mod cancel;
mod change_setting;
mod collect;
mod coupons;
mod deadline;
mod decide_purchase;
mod desk;
mod ensure_stage;
mod erase;
mod give_up;
mod guarded;
mod housekeeping;
mod images;
mod keep_answer;
mod keys;
mod letters;
mod log_in;
mod lyric;
mod office;
mod open_project;
mod pause_provider;
mod points;
mod poll;
mod produce;
mod project;
mod publish_events;
mod recall;
mod receipt;
mod register;
mod release;
mod replay;
mod request_stage;
mod retry;
mod run_task;
mod shop;
mod slots;
mod step;
mod submit;
mod sweep;
mod take_callback;
mod webhooks;
mod withdraw;
mod write_lyric;

pub use account::{AccountError, AccountRefusal, ChangeAccount, CreateKey, KeyOrder, RevokeKey};
pub use adopt::Adopt;
pub use begun::{Begun, Waits};
pub use books::BooksError;
pub use cancel::Cancel;
pub use change_setting::{ChangeSetting, SettingOrder, SettingRefusal};
pub use collect::{Collect, MAX_RESULT_BYTES};
pub use coupons::{
    CallServers, ClaimCoupon, Claimed, ExpireCoupons, OpenCampaign, RevokeCoupon, RevokeRefusal,
    ServeLine,
};
pub use deadline::ReachDeadline;
pub use decide_purchase::{DecidePurchase, DecideRefusal};
pub use desk::OrderError;
pub use ensure_stage::EnsureStage;
pub use erase::Erase;
pub use give_up::GiveUp;
pub use guarded::{
    CANCEL_ACCUMULATION, CANCEL_USAGE, EXPIRE_POINTS, GENERATE_VIDEO, Guard, GuardError, Guarded,
    LOCKS, Lease, LockOrder, LockRule, OnOutage, POINTS_IN, POINTS_OUT, REFRESH_TEMPLATE,
    RESERVE_SLOT, TELL_EVENTS,
};
pub use housekeeping::{Housekeeping, Rounds};
pub use images::{AddImages, AddImagesError, RemoveImage, ReorderImages};
pub use keep_answer::KeepAnswer;
pub use keys::{IssueKey, IssuedKey, KeyError, OWNER, OpenSession};
pub use letters::{LetterEnd, SendLetter, WarnOfExpiry};
pub use log_in::{LogIn, LogInError};
pub use lyric::EditLyric;
pub use open_project::OpenProject;
pub use pause_provider::PauseProvider;
pub use points::{
    Accumulate, CancelAccumulation, CancelUsage, ExpireLots, ReconcileAll, ReconcilePoints,
    RefundOrder, TransferOrder, TransferPoints, UsePoints,
};
pub use poll::Poll;
pub use produce::Produce;
pub use project::{ArchiveProject, ChangeProject};
pub use publish_events::{PublishError, PublishEvents, Telling};
pub use recall::{REPLIES_KEPT, Recall, RecallError};
pub use receipt::Receipt;
pub use register::{Newcomer, Register, RegisterError, Registered};
pub use release::Release;
pub use replay::{ReplayJobs, ReplayRefusal};
pub use request_stage::{RequestStage, StageOrder};
pub use retry::Retry;
pub use run_task::RunTask;
pub use shop::{
    CancelOrder, ChangePack, OpenPack, PackRefusal, PayOrder, PlaceOrder, PlacedOrder,
    SettleOrders, ShopRefusal, StockGuard, WantedPacks,
};
pub use slots::{
    BookOrder, BookSlot, CancelBooking, ExpireHolds, GiveBackSlot, HoldOrder, HoldSlot, JoinQueue,
    OpenChannel, SlotError, SlotRefusal,
};
pub use step::{StepEnd, StepError};
pub use submit::{Submit, Unresolved};
pub use take_callback::TakeCallback;
pub use webhooks::{
    ChangeWebhook, DeleteWebhook, DeliverEvents, RegisterWebhook, ReplayWebhook, RotateSecret,
    TestWebhook, Tested, Told, WebhookError, WebhookRefusal,
};
pub use withdraw::Withdraw;
pub use write_lyric::WriteLyric;
