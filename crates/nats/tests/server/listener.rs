//! One who listens outside, as `docs/nats.md` tells them to.

use async_nats::jetstream::{
    self, Message,
    consumer::{DeliverPolicy, pull::OrderedConfig},
};
use castad_contract::{WallClock, make};
use castad_domain::{
    model::{EventKind, EventSeq, MemberId, ProjectId},
    port::{Announcement, Clock},
};
use chrono::TimeDelta;
use futures_util::StreamExt;

/// Listens to a member, or to one project of theirs.
pub(crate) struct Listener {
    stream: jetstream::stream::Stream<()>,
    filter: String,
    namespace: String,
}

impl Listener {
    pub(crate) async fn new(
        url: &str,
        namespace: &str,
        member: MemberId,
        project: Option<ProjectId>,
    ) -> Self {
        let client = async_nats::ConnectOptions::new().max_reconnects(None).connect(url).await;
        let context = jetstream::new(client.expect("it connects"));
        let stream = context.get_stream_no_info(format!("{namespace}-events")).await;
        let project = project.map_or_else(|| "*".to_owned(), |project| project.to_string());
        Self {
            stream: stream.expect("it is a name"),
            filter: format!("{namespace}.events.{member}.{project}"),
            namespace: namespace.to_owned(),
        }
    }

    /// Everything from the first message on, that many. A consumer that broke off is followed by one
    /// that begins behind the last message that was heard.
    pub(crate) async fn hear(&self, many: usize) -> Vec<Announcement> {
        let clock = WallClock::started();
        let (mut heard, mut last) = (Vec::new(), 0);
        while heard.len() < many {
            if let Err(broke_off) = self.hear_on(many, &mut heard, &mut last).await {
                assert!(clock.now() < make::time(120), "{broke_off}");
                clock.reach(clock.now() + TimeDelta::milliseconds(50)).await;
            }
        }
        heard
    }

    async fn hear_on(
        &self,
        many: usize,
        heard: &mut Vec<Announcement>,
        last: &mut u64,
    ) -> Result<(), async_nats::Error> {
        let config = OrderedConfig {
            filter_subject: self.filter.clone(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: *last + 1 },
            ..OrderedConfig::default()
        };
        let consumer = self.stream.create_consumer(config).await?;
        let mut messages = consumer.messages().await?;
        while heard.len() < many {
            let message = messages.next().await.ok_or("it ended")??;
            *last = message.info()?.stream_sequence;
            heard.push(read(&message, &self.namespace));
        }
        Ok(())
    }

    /// How many messages there are.
    pub(crate) async fn there(&self) -> usize {
        let info = self.stream.info_with_subjects(&self.filter).await.expect("the stream answers");
        let counts = info.map(|subject| subject.expect("it is listed").1);
        counts.fold(0, |sum, count| async move { sum + count }).await
    }
}

fn read(message: &Message, namespace: &str) -> Announcement {
    let head = |name| message.headers.as_ref().and_then(|head| head.get(name)).unwrap().as_str();
    let rest = message.subject.strip_prefix(namespace).unwrap().strip_prefix(".events.").unwrap();
    let (member, project) = rest.split_once('.').unwrap();
    let member: MemberId = member.parse().unwrap();
    let seq = EventSeq(head("Castad-Sequence").parse().unwrap());
    assert_eq!(head("Nats-Msg-Id"), format!("{member}:{seq}"));
    Announcement {
        member,
        project: (project != "-").then(|| project.parse().unwrap()),
        seq,
        kind: EventKind::from_name(head("Castad-Type")).unwrap(),
        body: message.payload.clone(),
    }
}
