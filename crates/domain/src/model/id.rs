use std::{fmt, str::FromStr};

use uuid::Uuid;

/// Why a text is not an id of the kind asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id that begins with {prefix}_")]
pub struct ParseIdError {
    /// What an id of this kind begins with.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What the text of such an id begins with.
            pub const PREFIX: &'static str = $prefix;

            /// An id of 128 bits that an [`IdSource`](crate::port::IdSource) gave or a row holds.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(Uuid::from_u128(bits))
            }

            /// The id's 128 bits.
            #[must_use]
            pub const fn to_bits(self) -> u128 {
                self.0.as_u128()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, self.0.as_simple())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let refused = ParseIdError { prefix: Self::PREFIX };
                let hex = text
                    .strip_prefix(Self::PREFIX)
                    .and_then(|rest| rest.strip_prefix('_'))
                    .filter(|hex| hex.len() == 32 && !hex.contains(|c: char| c.is_ascii_uppercase()))
                    .ok_or(refused)?;
                Uuid::try_parse(hex).map(Self).map_err(|_| refused)
            }
        }
    )+};
}

ids! {
    /// A project: one brief and all that is made from it.
    ProjectId = "prj";
    /// One version of a project's lyric.
    LyricId = "lyr";
    /// One version of a project's song.
    SongId = "sng";
    /// One version of a project's video.
    VideoId = "vid";
    /// A picture of a project.
    ImageId = "img";
    /// Somebody who owns projects.
    MemberId = "mem";
    /// A key that opens the API.
    KeyId = "key";
    /// A browser that is logged in.
    SessionId = "ses";
    /// A piece of work that an engine runs.
    JobId = "job";
    /// Points that came at once and expire together.
    LotId = "lot";
    /// One use of points.
    UsageId = "use";
    /// A change of a member's points.
    EntryId = "ent";
    /// Coupons that are given to who comes first.
    CampaignId = "cmp";
    /// A coupon of a member.
    CouponId = "cpn";
    /// A place in the line for the coupons of a campaign.
    CouponRequestId = "clm";
    /// Points that are sold together.
    PackId = "pck";
    /// An order of packs.
    OrderId = "ord";
    /// A channel that broadcasts ads.
    ChannelId = "chn";
    /// A numbered place of a channel and day.
    SlotId = "slt";
    /// A slot that is kept for a member for a while.
    HoldId = "hld";
    /// A place in the queue before a channel.
    QueueToken = "qtk";
    /// One decision to buy a song or a video, written down before the call.
    AttemptToken = "att";
    /// Where a member's events are delivered.
    WebhookId = "whk";
    /// A line of the log of deliveries.
    DeliveryId = "dlv";
    /// What an admin did.
    ActionId = "act";
}

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

opaque! {
    /// What a provider calls a job of ours; it never leaves the service.
    ProviderJob;
    /// The name of an engine or provider: `studio`, `suno`.
    ProviderName;
    /// What a gateway calls a payment.
    PaymentRef;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = ProjectId::from_bits(0x0198_0000_0000_7000_8000_0000_0000_002a);
        assert_eq!(id.to_string(), "prj_0198000000007000800000000000002a");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn another_kind_of_id_or_another_spelling_is_refused() {
        for text in [
            "",
            "prj_",
            "vid_0198000000007000800000000000002a",
            "prj_0198000000007000800000000000002A",
            "prj_01980000-0000-7000-8000-00000000002a",
            "prj_0198000000007000800000000000002a0",
        ] {
            assert_eq!(text.parse::<ProjectId>(), Err(ParseIdError { prefix: "prj" }), "{text}");
        }
    }
}
