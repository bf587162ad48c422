use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    response::Response,
};
use castad_domain::{
    model::{Answer, Image, ImageId, Production, ProjectId},
    usecase::{RemoveImage, ReorderImages},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    App,
    access::Who,
    asked::{Asked, Named},
    docs::{Elsewhere, FileParams, ImagesChanged, Sent, Uploaded},
    files,
    params::{Id, Ids, NoParams},
    problem::Problem,
    shown::{self, Shown},
    upload::{Part, Upload},
    views::{ImageBody, ProjectBody},
};

/// Pictures to add.
#[derive(ToSchema)]
#[expect(dead_code, reason = "parts are read one by one; this describes them")]
pub(super) struct Pictures {
    /// JPEG, PNG or WebP, at most 15 MB each; the field is repeated.
    #[schema(min_items = 1, max_items = 20, value_type = Vec<String>, format = Binary)]
    files: Vec<u8>,
}

/// The pictures that were added.
#[derive(Serialize, ToSchema)]
#[schema(as = ImagesAdded)]
pub(super) struct Added {
    /// In the order in which they were sent.
    images: Vec<ImageBody>,
}

/// The pictures in another order.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImageOrder)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewOrder {
    /// Each of the project's pictures once.
    images: Vec<String>,
}

/// Add pictures, in order: all of them or none.
#[utoipa::path(
    post, path = "/v1/projects/{id}/images", operation_id = "add_images",
    tag = "images", params(("id" = String, Path)),
    request_body(content = Pictures, content_type = "multipart/form-data"),
    responses((status = 201, body = Added), Uploaded)
)]
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Who(caller) = Who::from_request_parts(&mut parts, &app).await?;
    NoParams::from_request_parts(&mut parts, &app).await?;
    let mut name = Named::read(&parts)?;
    let known = app.ports.catalog.project(caller.member, id).await?;
    known.ok_or_else(Problem::not_found)?;

    let mut upload = Upload::of(&app, Request::from_parts(parts, body)).await?;
    let end = only_pictures(&mut upload, &mut name).await;
    let (upload, ()) = upload.read_well(end).await?;
    let answer = |(p, added): &(Production, Vec<Image>)| {
        let first = p.images().len().saturating_sub(added.len());
        let body = |(i, image): (usize, &Image)| ImageBody::new(id, first + i, image);
        let images = added.iter().enumerate().map(body).collect();
        Answer { status: 201, location: None, body: shown::text(&Added { images }) }
    };
    upload.add(caller, id, name, &answer).await
}

async fn only_pictures(upload: &mut Upload, name: &mut Named) -> Result<(), Problem> {
    while let Some(part) = upload.next(name).await? {
        if let Part::Other(field) = part {
            let pointer = format!("/{}", field.name().unwrap_or_default());
            return Err(Problem::invalid_at(&pointer, "is not a field of this request"));
        }
    }
    Ok(())
}

/// Put the pictures in another order.
#[utoipa::path(
    put, path = "/v1/projects/{id}/images/order", operation_id = "reorder_images",
    tag = "images", params(("id" = String, Path)),
    request_body = NewOrder,
    responses((status = 200, body = ProjectBody, headers(("Location" = String))), ImagesChanged)
)]
pub(super) async fn reorder(
    State(app): State<Arc<App>>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let order = form.list("images", str::parse::<ImageId>);
    form.finish()?;
    let member = asked.caller.member;
    let answer = |p: &Production| Shown::Project.answer(200, p, None);
    let reorder = ReorderImages::new(&app.ports);
    let order = order.unwrap_or_default();
    asked.carry_out(&app, &answer, |receipt| reorder.run(member, id, order, receipt)).await
}

/// Take a picture out.
#[utoipa::path(
    delete, path = "/v1/projects/{id}/images/{image_id}", operation_id = "remove_image",
    tag = "images",
    params(("id" = String, Path), ("image_id" = String, Path)),
    responses((status = 200, body = ProjectBody, headers(("Location" = String))), ImagesChanged)
)]
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    ids: Ids<2>,
    asked: Asked,
) -> Result<Response, Problem> {
    let Ids([project, image]) = ids;
    let id: ProjectId = project.parse().map_err(|_| Problem::not_found())?;
    let image: ImageId = image.parse().map_err(|_| Problem::not_found())?;
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |p: &Production| Shown::Project.answer(200, p, None);
    let remove = RemoveImage::new(&app.ports);
    asked.carry_out(&app, &answer, |receipt| remove.run(member, id, image, receipt)).await
}

/// A picture's file.
#[utoipa::path(
    get, path = "/v1/projects/{id}/images/{image_id}/file", operation_id = "fetch_image_file",
    tag = "images",
    params(("id" = String, Path), ("image_id" = String, Path), FileParams),
    responses((status = 200, body = String, content_type = "image/jpeg"),
        (status = 206, body = String, content_type = "image/jpeg"), Elsewhere, Sent)
)]
pub(super) async fn file(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    ids: Ids<2>,
    _: NoParams,
    headers: axum::http::HeaderMap,
) -> Result<Response, Problem> {
    let Ids([project, image]) = ids;
    let id: ProjectId = project.parse().map_err(|_| Problem::not_found())?;
    let view = app.ports.catalog.project(caller.member, id).await?;
    let view = view.ok_or_else(Problem::not_found)?;
    let found = view.production.images().iter().find(|kept| kept.id.to_string() == image);
    let found = found.ok_or_else(Problem::not_found)?;
    files::serve(&app, &found.file, &headers, None).await
}
