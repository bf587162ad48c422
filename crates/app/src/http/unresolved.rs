//! Purchases of which nobody knows whether they were made, and what an admin decides on them.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{Answer, Production, Purchase, Stage, UnresolvedPurchase, Verdict},
    port::Ports,
    usecase::{DecidePurchase, DecideRefusal},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    access::Admin,
    asked::Asked,
    docs::{Listed, PageParams, Settled},
    form::Form,
    params::{Id, Params},
    problem::{Code, Problem},
    shown::{shown, text},
    views::{ListBody, time},
};

/// A song or a video of which nobody knows whether it was bought.
#[derive(Serialize, ToSchema)]
#[schema(as = Unresolved)]
pub(super) struct UnresolvedBody {
    /// The song's or the video's id.
    id: String,
    project_id: String,
    /// Whose project it is.
    member_id: String,
    /// `song` or `video`.
    stage: &'static str,
    /// Who was asked.
    provider: String,
    /// What the provider was told to call it: a job that names it is the one to adopt.
    attempt: String,
    /// Since when it waits for a decision.
    since: String,
}

impl UnresolvedBody {
    fn new(waiting: &UnresolvedPurchase, provider: String) -> Self {
        Self {
            id: waiting.purchase.to_string(),
            project_id: waiting.project.to_string(),
            member_id: waiting.member.to_string(),
            stage: waiting.purchase.stage().name(),
            provider,
            attempt: waiting.attempt.to_string(),
            since: time(waiting.since),
        }
    }
}

/// What is to become of it.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewDecision)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewDecision {
    /// `adopt`: the provider took it, as `provider_job`. `give_up`: it fails, and its price comes
    /// back. `buy_again`: the provider is asked once more, as for something new.
    #[schema(example = "give_up")]
    decision: String,
    /// What the provider calls the job; to adopt it.
    #[schema(max_length = 200)]
    provider_job: Option<String>,
}

/// What was decided.
#[derive(Serialize, ToSchema)]
#[schema(as = Decided)]
pub(super) struct DecidedBody {
    id: String,
    project_id: String,
    stage: &'static str,
    decision: &'static str,
    /// What the song or the video is now.
    status: &'static str,
}

impl DecidedBody {
    fn new(purchase: Purchase, decision: &'static str, production: &Production) -> Self {
        let status = match purchase {
            Purchase::Song(_) => production.song().map(|song| song.making.name()),
            Purchase::Video(_) => production.video().map(|video| video.making.name()),
        };
        Self {
            id: purchase.to_string(),
            project_id: production.project().id().to_string(),
            stage: purchase.stage().name(),
            decision,
            status: status.unwrap_or("absent"),
        }
    }
}

fn provider(ports: &Ports, stage: Stage) -> String {
    let name = match stage {
        Stage::Lyric | Stage::Song => ports.composer.name(),
        Stage::Video => ports.renderer.name(),
    };
    name.as_str().to_owned()
}

/// A decision by its word, before it is known which job is meant.
#[derive(Clone, Copy)]
enum Decision {
    Adopt,
    GiveUp,
    BuyAgain,
}

fn decision(word: &str) -> Result<Decision, &'static str> {
    match word {
        "adopt" => Ok(Decision::Adopt),
        "give_up" => Ok(Decision::GiveUp),
        "buy_again" => Ok(Decision::BuyAgain),
        _ => Err("must be adopt, give_up or buy_again"),
    }
}

fn verdict(mut form: Form) -> Result<Verdict, Problem> {
    let decided = form.required("decision", decision);
    let adopts = matches!(decided, Some(Decision::Adopt));
    let adopted = if adopts {
        form.required("provider_job", Verdict::adopt)
    } else {
        // A job that nobody is going to look at was named by mistake.
        let told = "belongs to adopt alone";
        form.optional("provider_job", |_| Err::<Verdict, _>(told))
    };
    form.finish()?;
    match (decided, adopted) {
        (Some(Decision::Adopt), Some(verdict)) => Ok(verdict),
        (Some(Decision::GiveUp), _) => Ok(Verdict::GiveUp),
        (Some(Decision::BuyAgain), _) => Ok(Verdict::BuyAgain),
        (Some(Decision::Adopt) | None, _) => Err(Problem::invalid(Vec::new())),
    }
}

impl From<DecideRefusal> for Problem {
    fn from(refusal: DecideRefusal) -> Self {
        match refusal {
            DecideRefusal::NoPurchase => Self::not_found(),
            DecideRefusal::State(_) => Self::new(Code::NotNow, refusal.to_string()),
            DecideRefusal::Points(refusal) => refusal.into(),
        }
    }
}

/// Songs and videos of which nobody knows whether they were bought (admins), newest first.
#[utoipa::path(
    get, path = "/v1/admin/unresolved", operation_id = "list_unresolved",
    tag = "admin", params(PageParams),
    responses((status = 200, body = ListBody<UnresolvedBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    params: Params,
) -> Result<Json<ListBody<UnresolvedBody>>, Problem> {
    let page = params.page(Purchase::to_bits)?;
    let rows = app.ports.oversight.unresolved(page).await?;
    let body = |waiting: &UnresolvedPurchase| {
        UnresolvedBody::new(waiting, provider(&app.ports, waiting.purchase.stage()))
    };
    Ok(shown(&rows, page, |waiting| waiting.purchase.to_string(), body))
}

/// Decide what becomes of a song or a video of which nobody knows whether it was bought (admins).
#[utoipa::path(
    post, path = "/v1/admin/unresolved/{id}", operation_id = "decide_unresolved",
    tag = "admin", params(("id" = String, Path)),
    request_body = NewDecision, responses((status = 200, body = DecidedBody), Settled)
)]
pub(super) async fn decide(
    State(app): State<Arc<App>>,
    _: Admin,
    Id(purchase): Id<Purchase>,
    asked: Asked,
) -> Result<Response, Problem> {
    let (by, verdict) = (asked.by(), verdict(asked.form()?)?);
    let name = verdict.name();
    let answer = move |production: &Production| {
        let body = text(&DecidedBody::new(purchase, name, production));
        Answer { status: 200, location: None, body }
    };
    let order = DecidePurchase::new(&app.ports);
    asked
        .carry_out(&app, &answer, |receipt| async move {
            order.run(by, purchase, &verdict, receipt).await
        })
        .await
}
