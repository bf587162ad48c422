//! Pictures of a task.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    response::Response,
};
use castad_domain::model::{Answer, Caller, Image, Production, ProjectId};
use utoipa::ToSchema;

use super::{
    links::{self, Base},
    views::{EarlierImage, EarlierImages},
};
use crate::http::{
    App,
    access::Who,
    asked::Named,
    docs::Uploaded,
    problem::Problem,
    shown,
    upload::{self, Part, Upload},
    views::image_file,
};

/// Pictures for a task.
#[derive(ToSchema)]
#[expect(dead_code, reason = "parts are read one by one; this describes them")]
pub(in crate::http) struct EarlierPictures {
    /// The task that they are for.
    task_id: String,
    /// JPEG, PNG or WebP, at most 15 MB each; the field is repeated.
    #[schema(min_items = 1, max_items = 20, value_type = Vec<String>, format = Binary)]
    files: Vec<u8>,
}

/// Add pictures, in order: all of them or none.
#[utoipa::path(
    post, path = "/project/image", operation_id = "earlier_project_image", tag = "earlier",
    request_body(content = EarlierPictures, content_type = "multipart/form-data"),
    responses((status = 200, body = EarlierImages), Uploaded)
)]
pub(in crate::http) async fn add(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Who(caller) = Who::from_request_parts(&mut parts, &app).await?;
    let Ok(base) = Base::from_request_parts(&mut parts, &app).await;
    let mut name = Named::read(&parts)?;

    let mut upload = Upload::of(&app, Request::from_parts(parts, body)).await?;
    let end = task_and_pictures(&app, caller, &mut upload, &mut name).await;
    let (upload, task) = upload.read_well(end).await?;
    let mut urls = Vec::with_capacity(upload.images().len());
    for image in upload.images() {
        urls.push(links::url(&app, &base, &image.file.key, image_file(task, image.id)).await?);
    }
    let answer = |(p, added): &(Production, Vec<Image>)| {
        let first = p.images().len().saturating_sub(added.len());
        let shown = |(i, (image, url)): (usize, (&Image, &String))| EarlierImage {
            id: image.id.to_string(),
            url: url.clone(),
            img_order: first + i,
        };
        let images = added.iter().zip(&urls).enumerate().map(shown).collect();
        let body = EarlierImages { success: true, task_id: task.to_string(), images };
        Answer { status: 200, location: None, body: shown::text(&body) }
    };
    upload.add(caller, task, name, &answer).await
}

/// The task that the form names, wherever it stands in it; once it is known to be nobody's of the
/// caller's, nothing more is read.
async fn task_and_pictures(
    app: &App,
    caller: Caller,
    upload: &mut Upload,
    name: &mut Named,
) -> Result<ProjectId, Problem> {
    let mut task = None;
    while let Some(part) = upload.next(name).await? {
        let Part::Other(field) = part else { continue };
        if field.name() == Some("task_id") {
            let id = upload::text(*field, name).await?;
            let id: ProjectId = id.trim().parse().map_err(|_| Problem::not_found())?;
            let known = app.ports.catalog.project(caller.member, id).await?;
            known.ok_or_else(Problem::not_found)?;
            task = Some(id);
        }
    }
    task.ok_or_else(|| Problem::invalid_at("/task_id", "is required"))
}
