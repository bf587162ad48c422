use std::time::Duration;

use castad_nats::{Nats, Settings};

use super::{ServerUrl, source::Source};

/// NATS beside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedConfig {
    /// Where it is, with a user or a token.
    pub url: ServerUrl,
    /// How it is used.
    pub settings: Settings,
    /// How many offers of a lane lie there at once.
    pub offers: u32,
}

impl FeedConfig {
    /// Read in any case, so that a setting which nobody has a use for is not unknown.
    pub(super) fn read(source: &mut Source) -> Option<Self> {
        let unset = Settings::default();
        let (hours, seconds) = (
            |hours: u32| Duration::from_hours(hours.into()),
            |seconds: u32| Duration::from_secs(seconds.into()),
        );
        let settings = Settings {
            replicas: source.between("CASTAD_FEED_REPLICAS", unset.replicas, 1, 5),
            events_kept: hours(source.between("CASTAD_FEED_EVENTS_KEPT", 720, 1, 87_600)),
            window: seconds(source.between("CASTAD_FEED_WINDOW", 120, 1, 86_400)),
            ack_wait: seconds(source.between("CASTAD_FEED_ACK_WAIT", 30, 1, 3_600)),
            max_deliver: source.between("CASTAD_FEED_MAX_DELIVER", unset.max_deliver, 1, 1_000),
            max_in_hand: source.between("CASTAD_FEED_MAX_IN_HAND", unset.max_in_hand, 1, 100_000),
            offers_kept: seconds(source.between("CASTAD_FEED_OFFERS_KEPT", 60, 5, 86_400)),
            ..unset
        };
        let offers = source.between("CASTAD_FEED_OFFERS", 8, 1, 1_000);
        let url = source.text("CASTAD_FEED_URL", "");
        if url.is_empty() {
            return None;
        }
        if !Nats::knows(&url) {
            let what = "must be nats://host:4222 or tls://user:password@host:4222, several parted \
                        by commas";
            source.fault("CASTAD_FEED_URL", what.to_owned());
        }
        Some(Self { url: ServerUrl::new(url), settings, offers })
    }
}
