/// Why the books do not allow a change of points.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointsRefusal {
    /// There is no such member.
    #[error("there is no such member")]
    NoSuchMember,
    /// The amount is none that can be moved at once.
    #[error("an amount is from {least} to {most} in steps of {step}")]
    Amount {
        /// The least that may be.
        least: i64,
        /// The most.
        most: i64,
        /// What it must be a multiple of.
        step: i64,
    },
    /// The points would be good for too short or too long.
    #[error("points are good for {least_days} to {most_days} days")]
    Lifetime {
        /// The fewest days.
        least_days: i64,
        /// The most.
        most_days: i64,
    },
    /// Points of that kind come of themselves and are not given.
    #[error("points of this kind are not given by hand")]
    NotGiven,
    /// The member would have more than anybody may.
    #[error("a balance of {balance} leaves no room below {most}")]
    BalanceLimit {
        /// What the member has.
        balance: i64,
        /// What a member may have.
        most: i64,
    },
    /// The member has fewer points than that.
    #[error("only {available} points are there")]
    Insufficient {
        /// What the member has.
        available: i64,
    },
    /// Points were spent under that order number before.
    #[error("points were spent under this order number before")]
    OrderNumberUsed,
    /// The number is the studio's own: what it makes and books is paid and given back with the work.
    #[error("order numbers with GEN- and SLOT- are the studio's own")]
    OrderNumberReserved,
    /// The member has no such use of points.
    #[error("there is no such use of points")]
    NoSuchUsage,
    /// More was to come back than was spent and has not come back yet.
    #[error("only {remaining} points of this use have not come back yet")]
    ExceedsUsage {
        /// What may still come back.
        remaining: i64,
    },
    /// All of it came back, or was taken back, before.
    #[error("it was canceled already")]
    AlreadyCanceled,
    /// There are no such points.
    #[error("there are no such points")]
    NoSuchLot,
    /// Some of the points were spent.
    #[error("{used} of these points are spent")]
    LotInUse {
        /// How many.
        used: i64,
    },
    /// The points were bought, and come back with their order.
    #[error("these points were bought: cancel their order")]
    LotBought,
    /// The points are past their time.
    #[error("these points have expired")]
    LotExpired,
    /// Points were to go from a member to the same member.
    #[error("points go from one member to another")]
    SameMember,
}
