use std::collections::HashMap;

use async_nats::{
    HeaderMap,
    jetstream::{
        Context,
        context::PublishErrorKind,
        message::PublishMessage,
        stream::{Config, DiscardPolicy, LastRawMessageErrorKind, RetentionPolicy, StorageType},
    },
};
use async_trait::async_trait;
use castad_domain::{
    model::{EventSeq, MemberId, ProjectId},
    port::{Announcement, EventStream, RunEnd, StreamError},
};
use futures_util::{StreamExt, stream};

use crate::{fault::Fault, server::Nats, settings::Settings};

/// How many runs are on their way at once.
const SIDE_BY_SIDE: usize = 32;
/// How often an event is looked at anew because others publish the same.
const TRIES: u32 = 5;
/// What happened, in a message's head.
const TYPE: &str = "Castad-Type";
/// Where it stands in the member's log, in a message's head.
const SEQUENCE: &str = "Castad-Sequence";

/// The stream's name.
fn stream_name(settings: &Settings) -> String {
    format!("{}-events", settings.namespace)
}

/// `castad.events.{member}.{project}`, or `-` where it is about no project.
fn subject(settings: &Settings, member: MemberId, project: Option<ProjectId>) -> String {
    let project = project.map_or_else(|| "-".to_owned(), |project| project.to_string());
    format!("{}.events.{member}.{project}", settings.namespace)
}

/// Events in the order in which they came, as long as they are to be kept.
pub(crate) fn config(settings: &Settings) -> Config {
    Config {
        name: stream_name(settings),
        description: Some("What happened, in the order of each member's log".to_owned()),
        subjects: vec![format!("{}.events.*.*", settings.namespace)],
        retention: RetentionPolicy::Limits,
        discard: DiscardPolicy::Old,
        storage: StorageType::File,
        num_replicas: settings.replicas,
        max_age: settings.events_kept,
        duplicate_window: settings.window.min(settings.events_kept),
        ..Config::default()
    }
}

/// The stream of events on NATS.
///
/// Each message names the last one of its subject that is to come before it, and the server refuses
/// it where that is another. An event goes out once the one before it is known to be in the stream;
/// so one that would come out of turn is one that is there already, and its own subject has gone on.
#[derive(Debug, Clone)]
pub struct NatsEvents {
    nats: Nats,
}

/// The last message of a subject: its number in the stream, and that of its event in the log.
#[derive(Clone, Copy, Default)]
struct End {
    message: u64,
    event: EventSeq,
}

/// The ends of the subjects that a run is about.
type Ends = HashMap<Option<ProjectId>, End>;

impl NatsEvents {
    /// Over that connection.
    #[must_use]
    pub fn new(nats: &Nats) -> Self {
        Self { nats: nats.clone() }
    }

    async fn run(&self, run: &[Announcement]) -> RunEnd {
        let mut ends = Ends::new();
        for (taken, told) in run.iter().enumerate() {
            if let Err(fault) = self.add(told, &mut ends).await {
                if fault.lacks_stream() {
                    self.nats.doubt();
                }
                return RunEnd { taken, fault: Some(fault.into()) };
            }
        }
        RunEnd { taken: run.len(), fault: None }
    }

    async fn add(&self, told: &Announcement, ends: &mut Ends) -> Result<(), Fault> {
        let context = self.nats.ensure().await?;
        let subject = subject(self.nats.settings(), told.member, told.project);
        for _ in 0..TRIES {
            let end = match ends.get(&told.project) {
                Some(end) => *end,
                None => *ends.entry(told.project).or_insert(self.end(context, &subject).await?),
            };
            if end.event >= told.seq {
                return Ok(());
            }
            let sent = context.send_publish(subject.clone(), message(told, end)).await?;
            match sent.await {
                Ok(ack) => {
                    ends.insert(told.project, End { message: ack.sequence, event: told.seq });
                    return Ok(());
                }
                // Somebody else added to the subject, or its last message was too old to be kept.
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                    ends.remove(&told.project);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::Crowded)
    }

    async fn end(&self, context: &Context, subject: &str) -> Result<End, Fault> {
        let name = stream_name(self.nats.settings());
        let stream = context.get_stream_no_info(name).await.map_err(Fault::asked)?;
        match stream.get_last_raw_message_by_subject(subject).await {
            Ok(last) => Ok(End { message: last.sequence, event: sequence(&last.headers) }),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => {
                Ok(End::default())
            }
            Err(error) => Err(Fault::asked(error)),
        }
    }
}

fn message(told: &Announcement, behind: End) -> PublishMessage {
    PublishMessage::build()
        .message_id(format!("{}:{}", told.member, told.seq))
        .expected_last_subject_sequence(behind.message)
        .header(TYPE, told.kind.name())
        .header(SEQUENCE, told.seq.0.to_string())
        .payload(told.body.clone())
}

/// What anybody else may have put there stands before every event.
fn sequence(headers: &HeaderMap) -> EventSeq {
    let told = headers.get(SEQUENCE).and_then(|value| value.as_str().parse().ok());
    EventSeq(told.unwrap_or_default())
}

#[async_trait]
impl EventStream for NatsEvents {
    async fn publish(&self, runs: &[Vec<Announcement>]) -> Vec<RunEnd> {
        let running: Vec<_> = runs.iter().map(|run| self.run(run)).collect();
        stream::iter(running).buffered(SIDE_BY_SIDE).collect().await
    }

    async fn check(&self) -> Result<(), StreamError> {
        let name = stream_name(self.nats.settings());
        self.nats.look_for(name).await.map_err(StreamError::from)
    }
}
