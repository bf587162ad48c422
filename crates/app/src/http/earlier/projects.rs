use std::sync::Arc;

use axum::{extract::State, response::Response};
use castad_domain::{
    model::{Answer, Brief, BusinessName, Details, Language, Orientation, Production, Region},
    usecase::OpenProject,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{views::EarlierOpened, words};
use crate::http::{App, asked::AskedLoosely, docs::Changed, form::Form, problem::Problem, shown};

/// What a new task is about.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(in crate::http) struct EarlierNewProject {
    /// What the business is called.
    #[schema(max_length = 80, example = "다온카페")]
    customer_name: String,
    /// Where it is.
    #[schema(max_length = 80, example = "부산 해운대")]
    region: String,
    /// What else the song should know.
    #[schema(max_length = 1000, example = "바다가 보이는 작은 카페")]
    detail_region_info: Option<String>,
    /// The language of the words: `Korean` or `English`; `ko` and `en` are taken as well.
    #[schema(default = "Korean")]
    language: Option<String>,
}

fn read(mut form: Form) -> Result<Brief, Problem> {
    let business_name = form.required("customer_name", BusinessName::parse);
    let region = form.required("region", Region::parse);
    let details = form.optional("detail_region_info", Details::parse);
    let language = form.optional("language", words::language);
    form.finish_loosely()?;
    let (Some(business_name), Some(region)) = (business_name, region) else {
        return Err(Problem::invalid(Vec::new()));
    };
    Ok(Brief {
        business_name,
        region,
        details: details.unwrap_or_else(Details::none),
        language: language.unwrap_or(Language::Korean),
        orientation: Orientation::Vertical,
        style: None,
        seed: None,
    })
}

/// Open a task.
#[utoipa::path(
    post, path = "/project", operation_id = "earlier_project", tag = "earlier",
    request_body = EarlierNewProject,
    responses((status = 200, body = EarlierOpened), Changed)
)]
pub(in crate::http) async fn open(
    State(app): State<Arc<App>>,
    AskedLoosely(asked): AskedLoosely,
) -> Result<Response, Problem> {
    let brief = read(asked.form()?)?;
    let member = asked.caller.member;
    let answer = |p: &Production| {
        let id = p.project().id().to_string();
        let body = EarlierOpened { success: true, task_id: id.clone(), project_id: id };
        Answer { status: 200, location: None, body: shown::text(&body) }
    };
    let order = OpenProject::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| order.run(member, brief, receipt)).await
}
