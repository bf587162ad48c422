use std::time::Duration;

use async_nats::jetstream::{
    AckKind, Context, Message,
    consumer::{AckPolicy, Consumer, DeliverPolicy, pull},
    message::PublishMessage,
    stream::{Config, RetentionPolicy, StorageType, Stream},
};
use async_trait::async_trait;
use castad_domain::{
    model::Lane,
    port::{FeedError, Offer, OfferInHand, WorkFeed},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;

use crate::{fault::Fault, server::Nats, settings::Settings};

fn stream_name(settings: &Settings) -> String {
    format!("{}-work", settings.namespace)
}

fn subject(settings: &Settings, lane: Lane) -> String {
    format!("{}.work.{}", settings.namespace, lane.name())
}

/// Offers until they are settled, or too old to be of use.
pub(crate) fn config(settings: &Settings) -> Config {
    Config {
        name: stream_name(settings),
        description: Some("Jobs that are due, for whichever worker comes first".to_owned()),
        subjects: vec![format!("{}.work.*", settings.namespace)],
        retention: RetentionPolicy::WorkQueue,
        storage: StorageType::File,
        num_replicas: settings.replicas,
        max_age: settings.offers_kept,
        duplicate_window: settings.window.min(settings.offers_kept),
        ..Config::default()
    }
}

/// All workers of a lane share one.
fn consumer(settings: &Settings, lane: Lane) -> pull::Config {
    pull::Config {
        durable_name: Some(lane.name().to_owned()),
        filter_subject: subject(settings, lane),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: settings.ack_wait,
        max_deliver: settings.max_deliver.into(),
        max_ack_pending: settings.max_in_hand.into(),
        ..pull::Config::default()
    }
}

async fn stream(context: &Context, settings: &Settings) -> Result<Stream<()>, Fault> {
    context.get_stream_no_info(stream_name(settings)).await.map_err(Fault::asked)
}

/// Makes the consumer of a lane, or changes it.
pub(crate) async fn make_consumer(
    context: &Context,
    settings: &Settings,
    lane: Lane,
) -> Result<(), Fault> {
    let stream = stream(context, settings).await?;
    let made = stream.create_consumer(consumer(settings, lane)).await;
    made.map(drop).map_err(Fault::asked)
}

/// The consumer of a lane, made where there is none.
pub(crate) async fn find_consumer(
    context: &Context,
    settings: &Settings,
    lane: Lane,
) -> Result<Consumer<pull::Config>, Fault> {
    let stream = stream(context, settings).await?;
    let found = stream.get_or_create_consumer(lane.name(), consumer(settings, lane)).await;
    found.map_err(Fault::asked)
}

/// The feed of work on NATS: a message an offer, which the server forgets when it is settled.
#[derive(Debug, Clone)]
pub struct NatsFeed {
    nats: Nats,
}

impl NatsFeed {
    /// Over that connection.
    #[must_use]
    pub fn new(nats: &Nats) -> Self {
        Self { nats: nats.clone() }
    }

    async fn publish(&self, offers: &[Offer]) -> Result<(), Fault> {
        let context = self.nats.ensure().await?;
        let mut sent = Vec::with_capacity(offers.len());
        for offer in offers {
            let (subject, message) = (subject(self.nats.settings(), offer.lane), message(offer));
            sent.push(context.send_publish(subject, message).await?);
        }
        for acknowledged in sent {
            acknowledged.await?;
        }
        Ok(())
    }

    async fn next(&self, lane: Lane, patience: Duration) -> Result<Option<InHand>, Fault> {
        let context = self.nats.ensure().await?;
        let stream = stream(context, self.nats.settings()).await?;
        let consumer = stream.get_consumer::<pull::Config>(lane.name()).await;
        let consumer = consumer.map_err(Fault::asked)?;
        let batch = consumer.batch().max_messages(1).expires(patience).messages().await;
        let message = batch.map_err(Fault::asked)?.next().await.transpose();
        let Some(message) = message.map_err(Fault::Asked)? else { return Ok(None) };
        let Some(offer) = read(lane, &message.payload) else {
            // Nobody will make anything of it.
            message.ack_with(AckKind::Term).await.map_err(Fault::Asked)?;
            return Err(Fault::Nonsense);
        };
        let times = message.info().map_err(Fault::Asked)?.delivered.unsigned_abs();
        Ok(Some(InHand { message, offer, times }))
    }

    async fn count(&self, lane: Lane) -> Result<u64, Fault> {
        let context = self.nats.ensure().await?;
        let stream = stream(context, self.nats.settings()).await?;
        let info = stream.consumer_info(lane.name()).await.map_err(Fault::asked)?;
        Ok(info.num_pending + info.num_ack_pending as u64)
    }

    /// What the server does not know any more is made anew at the next call.
    fn told<T>(&self, answer: Result<T, Fault>) -> Result<T, FeedError> {
        answer.inspect_err(|_| self.nats.doubt()).map_err(FeedError::from)
    }
}

/// The words of an offer, which are its name as well.
fn text(offer: &Offer) -> String {
    let Offer { job, fence, due, until, .. } = offer;
    format!("{job}:{fence}:{}:{}", due.timestamp_micros(), until.timestamp_micros())
}

fn message(offer: &Offer) -> PublishMessage {
    let text = text(offer);
    PublishMessage::build().message_id(&text).payload(text.into())
}

fn read(lane: Lane, text: &[u8]) -> Option<Offer> {
    let mut parts = std::str::from_utf8(text).ok()?.split(':');
    let mut part = || parts.next();
    let (job, fence) = (part()?.parse().ok()?, part()?.parse().ok()?);
    let time = |micros: &str| DateTime::<Utc>::from_timestamp_micros(micros.parse().ok()?);
    Some(Offer { job, lane, fence, due: time(part()?)?, until: time(part()?)? })
}

#[async_trait]
impl WorkFeed for NatsFeed {
    async fn offer(&self, offers: &[Offer]) -> Result<(), FeedError> {
        let offered = self.publish(offers).await;
        self.told(offered)
    }

    async fn take(
        &self,
        lane: Lane,
        patience: TimeDelta,
    ) -> Result<Option<Box<dyn OfferInHand>>, FeedError> {
        let least = Duration::from_millis(1);
        let taken = self.next(lane, patience.to_std().unwrap_or(least).max(least)).await;
        Ok(self.told(taken)?.map(|hand| Box::new(hand) as _))
    }

    async fn outstanding(&self, lane: Lane) -> Result<u64, FeedError> {
        let counted = self.count(lane).await;
        self.told(counted)
    }

    async fn check(&self) -> Result<(), FeedError> {
        let found = self.nats.look_for(stream_name(self.nats.settings())).await;
        found.map_err(FeedError::from)
    }
}

struct InHand {
    message: Message,
    offer: Offer,
    times: u64,
}

impl InHand {
    async fn say(&self, what: AckKind) -> Result<(), FeedError> {
        let said = self.message.ack_with(what).await;
        said.map_err(|error| FeedError::from(Fault::Asked(error)))
    }
}

#[async_trait]
impl OfferInHand for InHand {
    fn offer(&self) -> Offer {
        self.offer
    }

    fn times(&self) -> u64 {
        self.times
    }

    async fn keep(&self) -> Result<(), FeedError> {
        self.say(AckKind::Progress).await
    }

    async fn settle(self: Box<Self>) -> Result<(), FeedError> {
        self.say(AckKind::Ack).await
    }

    async fn give_back(self: Box<Self>, after: TimeDelta) -> Result<(), FeedError> {
        self.say(AckKind::Nak(after.to_std().ok())).await
    }
}

#[cfg(test)]
mod tests {
    use castad_domain::model::JobId;

    use super::*;

    #[test]
    fn an_offer_reads_back_from_its_words() {
        let offer = Offer {
            job: JobId::from_bits(7),
            lane: Lane::Video,
            fence: 3,
            due: DateTime::from_timestamp_micros(1_234_567).unwrap(),
            until: DateTime::from_timestamp_micros(-1).unwrap(),
        };
        assert_eq!(read(Lane::Video, text(&offer).as_bytes()), Some(offer));
        for bad in ["", "job", "a:b:c:d", "\u{ac00}"] {
            assert_eq!(read(Lane::Video, bad.as_bytes()), None, "{bad}");
        }
    }
}
