//! What the present state may forbid, by what is asked for.

use super::{Changed, ChangedOne, Entered, Found, Looked, Reached, Sent, problems};

problems! {
    /// A draft is changed.
    DraftChanged = ChangedOne: NotNow;
    /// A project is put away.
    Archived = ChangedOne: AlreadyProcessing, NotNow;
    /// A project's pictures are changed.
    ImagesChanged = ChangedOne: AlreadyProcessing, NotNow;
    /// Pictures are added.
    Uploaded = ImagesChanged: TooManyImages, PictureRejected;
    /// A stage is asked for.
    Begun = ChangedOne: AlreadyProcessing, NotNow, InsufficientPoints, BacklogFull;
    /// A stage is asked for that is made of another one.
    BegunFrom = Begun: Missing;
    /// All that is missing is asked for.
    Produced = BegunFrom: NothingMissing;
    /// What failed is asked for again.
    Retried = BegunFrom: NothingFailed;
    /// The words are replaced.
    Edited = ChangedOne: AlreadyProcessing, NotNow, LyricInUse;
    /// What runs is stopped.
    Stopped = ChangedOne: NotNow;
    /// What is there once it is made.
    OnceReady = Found: Missing, StageFailed, StageCanceled;
    /// A file that is there once it is made.
    SentOnceReady = Sent: Missing, StageFailed, StageCanceled;
    /// A file whose link is its key.
    Linked = Reached: NotFound, BadRange, Unavailable;
    /// A provider calls back.
    Called = Reached: NotFound, Malformed, TooLarge, Busy, Full, Unavailable;
}

problems! {
    /// Words are wanted, whoever asked first.
    Worded = ChangedOne: AlreadyProcessing, NotNow, InsufficientPoints, BacklogFull;
    /// A song is wanted, whoever asked first; a GET asks for it.
    Ensured = Looked: AlreadyProcessing, NotNow, Missing, InsufficientPoints, BacklogFull, Busy, Full;
    /// A video of some shape is wanted, whoever asked first.
    EnsuredShape = Ensured: Invalid;
}

problems! {
    /// Somebody joins.
    Joined = Entered: DuplicateEmail;
    /// Somebody logs in.
    LoggedIn = Entered: WrongLogIn;
    /// A setting is changed.
    Set = ChangedOne: Moved;
    /// A webhook is made.
    Subscribed = Changed: TooManyWebhooks;
    /// An admin decides on a purchase.
    Settled = ChangedOne: NotNow, InsufficientPoints;
    /// A job is tried again.
    TriedAgain = ChangedOne: NotNow;
}

problems! {
    /// Points are given.
    Given = ChangedOne: BalanceLimit;
    /// Points are taken back that were given.
    TakenBack = ChangedOne: AlreadyCanceled, LotInUse, LotBought, LotExpired;
    /// Points are spent.
    Spent = Changed: InsufficientPoints, OrderNumberUsed, OrderNumberReserved;
    /// Points come back that were spent.
    GaveBack = ChangedOne: ExceedsUsage, AlreadyCanceled, OrderNumberReserved;
    /// Points are handed over.
    HandedOver = ChangedOne: InsufficientPoints, BalanceLimit;
    /// A coupon is asked for.
    CouponClaimed = ChangedOne: AlreadyIssued, NotOpen, SoldOut;
    /// A coupon is taken back.
    Revoked = ChangedOne: NotNow;
    /// Packs are ordered.
    Placed = Changed: SoldOut, CouponUnusable;
    /// An order is paid.
    Paid = ChangedOne: NotNow, BeingPaid, PaymentDeclined, PaymentsUnavailable, BalanceLimit;
    /// An order is canceled.
    Undone = ChangedOne: NotNow, BeingPaid, PaymentsUnavailable, LotInUse, LotExpired;
}

problems! {
    /// What one may have to queue for.
    Queueing = ChangedOne: QueueTokenInvalid, QueueTokenWaiting;
    /// A slot is held.
    Held = Queueing: SlotUnavailable, SlotOver, TooManyHolds;
    /// A slot is booked.
    Booked = Queueing: HoldExpired, NotNow, VideoNotReady, StageFailed, StageCanceled, SlotUnavailable, SlotOver, InsufficientPoints;
    /// A slot is given back, or its booking is canceled.
    Released = ChangedOne: NotNow;
    /// A place in a queue is asked for.
    Lined = ChangedOne: NotNow;
}
