use async_trait::async_trait;

use super::StoreError;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// What must hold of the books at every moment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum BookRule { $($(#[$doc])* $name,)+ }

        impl BookRule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// What it says, in a few words.
            #[must_use]
            pub fn says(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

rules! {
    /// An account has what its entries sum up to.
    Entries = "an account has what its entries sum up to";
    /// An account has what its lots have.
    Lots = "an account has what its lots have";
    /// The totals that are kept agree with the account.
    Totals = "the totals that are kept agree with the account";
    /// A use is the sum of what it took of lots and gave back to them.
    Details = "a use is the sum of what it took of lots";
    /// No more coupons are valid than a campaign has.
    Issued = "no more coupons are valid than a campaign has";
    /// Numbers of coupons run from one, without a gap.
    Numbers = "numbers of coupons have no gap";
    /// A request that got a coupon names one of its member and campaign.
    Requests = "a request that got a coupon names its member's";
    /// Places in a line are given once, from one to the last.
    Places = "a place in a line is given once";
    /// Nobody in a line was served before those who stood before.
    Turns = "a line is served in the order of its places";
    /// A used coupon belongs to an order that took it.
    CouponUses = "a used coupon belongs to one order";
    /// A paid order has its points.
    Orders = "a paid order has its points";
    /// A slot and the hold that keeps it name each other.
    Slots = "a slot and the hold that keeps it name each other";
    /// A reserved slot is paid, and no other is.
    Bookings = "a reserved slot is paid, and no other is";
    /// What was spent on a stage belongs to a stage.
    Spends = "what was spent on a stage belongs to one";
    /// What was spent on a stage that came to nothing was given back.
    Refunds = "a stage that came to nothing was given back";
    /// What was spent on a stage that was delivered was not.
    Deliveries = "a stage that was delivered is paid";
}

/// Something in the books that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: BookRule,
    /// The id of what breaks it.
    pub id: u128,
}

/// Proves the books.
#[async_trait]
pub trait Auditor: Send + Sync {
    /// What breaks a rule, up to `most` of each; nothing if the books are right. Others may go on
    /// writing meanwhile: each rule is looked at as of one moment.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer.
    async fn audit(&self, rule: BookRule, most: u32) -> Result<Vec<Finding>, StoreError>;
}
