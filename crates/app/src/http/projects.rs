use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use castad_domain::{
    model::{
        Brief, BriefChange, BusinessName, Details, Language, Orientation, Production, ProjectId,
        Region, Style,
    },
    port::ProjectView,
    usecase::{ArchiveProject, ChangeProject, OpenProject},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    App,
    access::Who,
    asked::Asked,
    docs::{Archived, Changed, DraftChanged, Found, Listed, PageParams},
    form::Form,
    params::{Id, NoParams, Params},
    problem::Problem,
    shown::{Shown, shown},
    views::{ListBody, ProjectBody},
};

/// What a new project is about.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewProject {
    /// What the business is called; it is sung and drawn.
    #[schema(max_length = 80, example = "다온카페")]
    business_name: String,
    /// Where it is.
    #[schema(max_length = 80, example = "부산 해운대")]
    region: String,
    /// What else the song should know.
    #[schema(max_length = 1000, example = "바다가 보이는 작은 카페")]
    details: Option<String>,
    /// The language of the words: `ko` or `en`.
    #[schema(example = "ko")]
    language: String,
    /// The shape of the picture: `vertical`, `horizontal` or `square`.
    #[schema(example = "vertical")]
    orientation: Option<String>,
    /// How the song should sound.
    #[schema(max_length = 200, example = "잔잔한 어쿠스틱")]
    style: Option<String>,
    /// The built-in engines make the same ad again for the same seed.
    seed: Option<u64>,
}

/// What changes of a draft; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct ProjectChange {
    /// Another name.
    #[schema(max_length = 80)]
    business_name: Option<String>,
    /// Another place.
    #[schema(max_length = 80)]
    region: Option<String>,
    /// Other details.
    #[schema(max_length = 1000)]
    details: Option<String>,
    /// Another language.
    language: Option<String>,
    /// Another shape.
    orientation: Option<String>,
    /// Another style; `null` for none.
    #[schema(max_length = 200)]
    style: Option<String>,
    /// Another seed; `null` for none.
    seed: Option<u64>,
}

fn read_brief(mut form: Form) -> Result<Brief, Problem> {
    let business_name = form.required("business_name", BusinessName::parse);
    let region = form.required("region", Region::parse);
    let details = form.optional("details", Details::parse);
    let language = form.required("language", str::parse::<Language>);
    let orientation = form.optional("orientation", str::parse::<Orientation>);
    let style = form.optional("style", Style::parse);
    let seed = form.number("seed");
    form.finish()?;
    let (Some(business_name), Some(region), Some(language)) = (business_name, region, language)
    else {
        return Err(Problem::invalid(Vec::new()));
    };
    Ok(Brief {
        business_name,
        region,
        details: details.unwrap_or_else(Details::none),
        language,
        orientation: orientation.unwrap_or(Orientation::Vertical),
        style,
        seed,
    })
}

fn read_change(mut form: Form) -> Result<BriefChange, Problem> {
    let clears = |form: &Form, name| form.has(name);
    let style = clears(&form, "style").then(|| form.optional("style", Style::parse));
    let seed = clears(&form, "seed").then(|| form.number("seed"));
    let change = BriefChange {
        business_name: form.optional("business_name", BusinessName::parse),
        region: form.optional("region", Region::parse),
        details: form.optional("details", Details::parse),
        language: form.optional("language", str::parse),
        orientation: form.optional("orientation", str::parse),
        style,
        seed,
    };
    form.finish()?;
    Ok(change)
}

/// Open a project.
#[utoipa::path(
    post, path = "/v1/projects", operation_id = "open_project",
    tag = "projects", request_body = NewProject,
    responses((status = 201, body = ProjectBody, headers(("Location" = String))), Changed)
)]
pub(super) async fn open(State(app): State<Arc<App>>, asked: Asked) -> Result<Response, Problem> {
    let brief = read_brief(asked.form()?)?;
    let member = asked.caller.member;
    let answer = |p: &Production| Shown::Project.answer(201, p, None);
    let order = OpenProject::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, brief, receipt)).await
}

/// Your projects, newest first.
#[utoipa::path(
    get, path = "/v1/projects", operation_id = "list_projects",
    tag = "projects", params(PageParams),
    responses((status = 200, body = ListBody<ProjectBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    params: Params,
) -> Result<Json<ListBody<ProjectBody>>, Problem> {
    let page = params.page(ProjectId::to_bits)?;
    let rows = app.ports.catalog.projects(caller.member, page).await?;
    let now = app.ports.clock.now();
    let id = |view: &ProjectView| view.production.project().id().to_string();
    Ok(shown(&rows, page, id, |view| ProjectBody::of(view, now)))
}

/// One project.
#[utoipa::path(
    get, path = "/v1/projects/{id}", operation_id = "show_project",
    tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = ProjectBody), Found)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<ProjectId>,
    _: NoParams,
) -> Result<Json<ProjectBody>, Problem> {
    let view = app.ports.catalog.project(caller.member, id).await?;
    let view = view.ok_or_else(Problem::not_found)?;
    Ok(Json(ProjectBody::of(&view, app.ports.clock.now())))
}

/// Change a draft.
#[utoipa::path(
    patch, path = "/v1/projects/{id}", operation_id = "change_project",
    tag = "projects", params(("id" = String, Path)),
    request_body = Option<ProjectChange>,
    responses((status = 200, body = ProjectBody, headers(("Location" = String))), DraftChanged)
)]
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let change = read_change(asked.form()?)?;
    let member = asked.caller.member;
    let answer = |p: &Production| Shown::Project.answer(200, p, None);
    let order = ChangeProject::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, change, receipt)).await
}

/// Put a project away; it is still found by its id.
#[utoipa::path(
    delete, path = "/v1/projects/{id}", operation_id = "archive_project",
    tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = ProjectBody, headers(("Location" = String))), Archived)
)]
pub(super) async fn archive(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |p: &Production| Shown::Project.answer(200, p, None);
    let order = ArchiveProject::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, id, receipt)).await
}
