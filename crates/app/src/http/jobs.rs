//! Jobs of the engine, as admins see them.

use std::{fmt, str::FromStr, sync::Arc};

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, EventSeq, JobEntry, JobId, JobState, TaskKind},
    port::{HistoryPage, JobPage, MAX_PAGE},
    usecase::{ReplayJobs, ReplayRefusal},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    access::Admin,
    asked::Asked,
    docs::{Changed, Found, Listed, TriedAgain},
    params::{Id, NoParams, Params},
    points::EntryBody,
    problem::{Code, Problem},
    shown::{cut, text},
    views::{EventBody, ListBody, time},
};

/// Which jobs.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(super) struct JobParams {
    /// `waiting`, `running`, `lapsed` (running, and its worker fell silent) or `dead`.
    state: String,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Behind which job the page begins: `next` of the page before.
    after: Option<String>,
}

/// A job of the engine.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminJob)]
pub(super) struct JobBody {
    id: String,
    /// What is to be done.
    #[schema(example = "poll_song")]
    task: &'static str,
    /// The song, video, file or provider's job that it is about.
    subject: String,
    project_id: Option<String>,
    /// Whose project it is.
    member_id: String,
    /// `waiting`, `running` or `dead`.
    state: &'static str,
    /// How often it has failed.
    attempts: u32,
    /// Not before then.
    due: String,
    /// Until when a worker has it.
    lease_until: Option<String>,
    /// How often it was claimed.
    fence: u64,
    /// Why it was set aside.
    reason: Option<String>,
}

impl From<&JobEntry> for JobBody {
    fn from(job: &JobEntry) -> Self {
        Self {
            id: job.id.to_string(),
            task: job.work.task.name(),
            subject: job.work.task.subject(),
            project_id: job.work.production().map(|id| id.to_string()),
            member_id: job.work.member.to_string(),
            state: job.state.name(),
            attempts: job.attempts,
            due: time(job.work.due),
            lease_until: job.lease_until.map(time),
            fence: job.fence,
            reason: job.reason.clone(),
        }
    }
}

/// A job with what came of it so far.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminJobHistory)]
pub(super) struct HistoryBody {
    #[serde(flatten)]
    job: JobBody,
    /// What its project's log tells, oldest first.
    events: Vec<EventBody>,
    /// What was spent on the stage that waits for it and given back, newest first.
    entries: Vec<EntryBody>,
}

/// Which jobs are to be tried again.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewReplay)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewReplay {
    /// What they were to do; all of them if nothing is said.
    #[schema(example = "release")]
    task: Option<String>,
}

/// How many jobs are tried again.
#[derive(Serialize, ToSchema)]
#[schema(as = Replayed)]
pub(super) struct ReplayedBody {
    replayed: u64,
}

/// Jobs that are listed together.
#[derive(Clone, Copy)]
enum Wanted {
    In(JobState),
    /// Running, and whoever had it fell silent.
    Lapsed,
}

impl FromStr for Wanted {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "lapsed" => Ok(Self::Lapsed),
            _ => JobState::from_name(word)
                .map(Self::In)
                .map_err(|_| "must be one of waiting, running, lapsed, dead"),
        }
    }
}

/// Where a page of jobs begins: when the last one that was seen is due, and which it is.
#[derive(Clone, Copy)]
struct Place(DateTime<Utc>, JobId);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0.timestamp_micros(), self.1)
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let (due, id) = text.split_once('.')?;
            let due = DateTime::from_timestamp_micros(due.parse().ok()?)?;
            Some(Self(due, id.parse().ok()?))
        };
        read().ok_or("must be next of the page before")
    }
}

impl From<ReplayRefusal> for Problem {
    fn from(refusal: ReplayRefusal) -> Self {
        match refusal {
            ReplayRefusal::NoJob => Self::not_found(),
            ReplayRefusal::State(_) => Self::new(Code::NotNow, refusal.to_string()),
        }
    }
}

/// Jobs of the engine in one state (admins); those that are due last come first.
#[utoipa::path(
    get, path = "/v1/admin/jobs", operation_id = "list_jobs",
    tag = "admin", params(JobParams),
    responses((status = 200, body = ListBody<JobBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    mut params: Params,
) -> Result<Json<ListBody<JobBody>>, Problem> {
    let listed = params.required("state", str::parse::<Wanted>);
    let limit = params.sought();
    let after = params.take("after", str::parse::<Place>).map(|Place(due, id)| (due, id));
    params.finish()?;
    let Some(listed) = listed else { return Err(Problem::invalid(Vec::new())) };

    let page = JobPage { limit, after };
    let rows = match listed {
        Wanted::In(state) => app.ports.oversight.jobs(state, page).await?,
        Wanted::Lapsed => app.ports.oversight.lapsed(app.ports.clock.now(), page).await?,
    };
    let (rows, more) = cut(&rows, limit);
    let next = rows.last().filter(|_| more).map(|job| Place(job.work.due, job.id).to_string());
    Ok(Json(ListBody { items: rows.iter().map(JobBody::from).collect(), next }))
}

/// A job with what its project's log and its member's points tell of it (admins).
#[utoipa::path(
    get, path = "/v1/admin/jobs/{id}", operation_id = "show_job",
    tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = HistoryBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(id): Id<JobId>,
    _: NoParams,
) -> Result<Json<HistoryBody>, Problem> {
    let job = app.ports.oversight.job(id).await?.ok_or_else(Problem::not_found)?;
    let member = job.work.member;
    let events = match job.work.production() {
        Some(project) => {
            app.ports.events.events(member, Some(project), EventSeq::default(), MAX_PAGE).await?
        }
        None => Vec::new(),
    };
    let entries = match job.work.bill() {
        Some(bill) => {
            let page = HistoryPage { limit: MAX_PAGE, after: None, order: Some(bill) };
            app.ports.points.history(member, page).await?
        }
        None => Vec::new(),
    };
    Ok(Json(HistoryBody {
        job: JobBody::from(&job),
        events: events.iter().map(EventBody::from).collect(),
        entries: entries.iter().map(EntryBody::from).collect(),
    }))
}

/// Have a job tried again that failed too often (admins).
#[utoipa::path(
    post, path = "/v1/admin/jobs/{id}/replay", operation_id = "replay_job",
    tag = "admin", params(("id" = String, Path)),
    responses((status = 200, body = JobBody), TriedAgain)
)]
pub(super) async fn replay(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(id): Id<JobId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let by = asked.by();
    let answer =
        |job: &JobEntry| Answer { status: 200, location: None, body: text(&JobBody::from(job)) };
    let order = ReplayJobs::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.one(by, id, receipt)).await
}

/// Have all jobs tried again that failed too often, or those of one task (admins).
#[utoipa::path(
    post, path = "/v1/admin/jobs/replay", operation_id = "replay_jobs",
    tag = "admin", request_body = NewReplay,
    responses((status = 200, body = ReplayedBody), Changed)
)]
pub(super) async fn replay_all(
    State(app): State<Arc<App>>,
    _: Admin,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let task = form.optional("task", TaskKind::from_name);
    form.finish()?;
    let by = asked.by();
    let answer = |replayed: &u64| {
        let body = text(&ReplayedBody { replayed: *replayed });
        Answer { status: 200, location: None, body }
    };
    let order = ReplayJobs::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.all(by, task, receipt)).await
}
