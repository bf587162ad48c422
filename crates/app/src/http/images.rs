use axum::{
    extract::{FromRequest, FromRequestParts, Multipart, Request, State},
    http::StatusCode,
    response::Response,
};
use castad_domain::{
    model::{Answer, Image, ImageId, Production, ProjectId},
    usecase::{AddImages, RemoveImage, ReorderImages},
};
use futures_util::TryFutureExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    App, PICTURE_LIMIT,
    access::Who,
    asked::{Admitted, Asked, Named, alone},
    docs::Problems,
    files,
    params::{Id, Ids, NoParams},
    problem::{Code, Problem},
    shown::{self, Shown},
    views::{ImageBody, ProjectBody},
};

/// Pictures to add.
#[derive(ToSchema)]
#[expect(dead_code, reason = "parts are read one by one; this describes them")]
pub(super) struct Pictures {
    /// JPEG, PNG or WebP, at most 15 MB each; the field is repeated.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<u8>,
}

/// The pictures that were added.
#[derive(Serialize, ToSchema)]
pub(super) struct Added {
    /// In the order in which they were sent.
    images: Vec<ImageBody>,
}

/// The pictures in another order.
#[derive(Deserialize, ToSchema)]
#[expect(dead_code, reason = "bodies are read field by field; this describes them")]
pub(super) struct NewOrder {
    /// Each of the project's pictures once.
    images: Vec<String>,
}

/// Add pictures, in order: all of them or none.
#[utoipa::path(
    post, path = "/v1/projects/{id}/images", tag = "images", params(("id" = String, Path)),
    request_body(content = Pictures, content_type = "multipart/form-data"),
    responses((status = 201, body = Added), Problems)
)]
pub(super) async fn add(
    State(app): State<App>,
    Id(id): Id<ProjectId>,
    request: Request,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Who(caller) = Who::from_request_parts(&mut parts, &app).await?;
    NoParams::from_request_parts(&mut parts, &app).await?;
    let mut name = Named::read(&parts)?;
    let known = app.ports.catalog.project(caller.member, id).await?;
    known.ok_or_else(Problem::not_found)?;
    let form = Multipart::from_request(Request::from_parts(parts, body), &app).await;
    let form =
        form.map_err(|_| Problem::new(Code::WrongType, "the body must be multipart/form-data"))?;

    let adding = AddImages::new(&app.ports);
    let mut taken = take(&adding, form, &mut name).await?;
    let ticket = match name.admit(&app, caller).await {
        Ok(Admitted::New(ticket)) => ticket,
        Ok(Admitted::Before(response)) => {
            taken.discard().await;
            return Ok(response);
        }
        Err(problem) => {
            taken.discard().await;
            return Err(problem);
        }
    };
    let answer = |p: &Production, added: &Vec<Image>| {
        let first = p.images().len().saturating_sub(added.len());
        let body = |(i, image): (usize, &Image)| ImageBody::new(id, first + i, image);
        let images = added.iter().enumerate().map(body).collect();
        Answer { status: 201, location: None, body: shown::text(&Added { images }) }
    };
    let images = std::mem::take(&mut taken.images);
    let added = adding.run(caller.member, id, images, ticket.receipt(&answer)).await;
    ticket.settle(added.map(|(p, added)| answer(&p, &added))).await
}

/// Pictures that no project has yet; if nobody waits for them any more, they are discarded.
struct Taken {
    adding: AddImages,
    images: Vec<Image>,
}

impl Taken {
    async fn discard(mut self) {
        self.adding.discard(&std::mem::take(&mut self.images)).await;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let (adding, images) = (self.adding.clone(), std::mem::take(&mut self.images));
        if !images.is_empty() {
            tokio::spawn(async move { adding.discard(&images).await });
        }
    }
}

/// Takes one picture after the other, so that memory holds one at a time.
async fn take(adding: &AddImages, mut form: Multipart, name: &mut Named) -> Result<Taken, Problem> {
    let mut taken = Taken { adding: adding.clone(), images: Vec::new() };
    match take_into(adding, &mut form, name, &mut taken.images).await {
        Ok(()) if taken.images.is_empty() => {
            Err(Problem::invalid_at("/files", "send at least one picture as files"))
        }
        Ok(()) => Ok(taken),
        Err(problem) => {
            taken.discard().await;
            Err(problem)
        }
    }
}

async fn take_into(
    adding: &AddImages,
    form: &mut Multipart,
    name: &mut Named,
    images: &mut Vec<Image>,
) -> Result<(), Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        let large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
        let code = if large { Code::TooLarge } else { Code::Malformed };
        Problem::new(code, format!("the body cannot be read: {error}"))
    };
    while let Some(mut part) = form.next_field().await.map_err(broken)? {
        if part.name() != Some("files") {
            let pointer = format!("/{}", part.name().unwrap_or_default());
            return Err(Problem::invalid_at(&pointer, "is not a field of this request"));
        }
        let index = images.len();
        if index >= castad_domain::model::MAX_IMAGES {
            let most = castad_domain::model::MAX_IMAGES;
            let told = format!("a project has at most {most} pictures");
            return Err(Problem::new(Code::TooManyImages, told));
        }
        name.add(part.file_name().unwrap_or_default());
        let mut upload = bytes::BytesMut::new();
        while let Some(piece) = part.chunk().await.map_err(broken)? {
            upload.extend_from_slice(&piece);
            if upload.len() > PICTURE_LIMIT {
                let told = format!("file {} has more than {PICTURE_LIMIT} bytes", index + 1);
                return Err(Problem::new(Code::TooLarge, told));
            }
        }
        name.add(Sha256::digest(&upload));
        images.push(adding.take(index, upload.freeze()).await?);
    }
    Ok(())
}

/// Put the pictures in another order.
#[utoipa::path(
    put, path = "/v1/projects/{id}/images/order", tag = "images", params(("id" = String, Path)),
    request_body = NewOrder,
    responses((status = 200, body = ProjectBody), Problems)
)]
pub(super) async fn reorder(
    State(app): State<App>,
    Id(id): Id<ProjectId>,
    asked: Asked,
) -> Result<Response, Problem> {
    let mut form = asked.form()?;
    let order = form.list("images", str::parse::<ImageId>);
    form.finish()?;
    let member = asked.caller.member;
    let answer = |p: &Production, (): &()| Shown::Project.answer(200, p, None);
    let reorder = ReorderImages::new(&app.ports);
    let order = order.unwrap_or_default();
    asked
        .carry_out(&app, &answer, |receipt| reorder.run(member, id, order, receipt).map_ok(alone))
        .await
}

/// Take a picture out.
#[utoipa::path(
    delete, path = "/v1/projects/{id}/images/{image_id}", tag = "images",
    params(("id" = String, Path), ("image_id" = String, Path)),
    responses((status = 200, body = ProjectBody), Problems)
)]
pub(super) async fn remove(
    State(app): State<App>,
    ids: Ids<2>,
    asked: Asked,
) -> Result<Response, Problem> {
    let Ids([project, image]) = ids;
    let id: ProjectId = project.parse().map_err(|_| Problem::not_found())?;
    let image: ImageId = image.parse().map_err(|_| Problem::not_found())?;
    asked.no_body()?;
    let member = asked.caller.member;
    let answer = |p: &Production, (): &()| Shown::Project.answer(200, p, None);
    let remove = RemoveImage::new(&app.ports);
    asked
        .carry_out(&app, &answer, |receipt| remove.run(member, id, image, receipt).map_ok(alone))
        .await
}

/// A picture's file.
#[utoipa::path(
    get, path = "/v1/projects/{id}/images/{image_id}/file", tag = "images",
    params(("id" = String, Path), ("image_id" = String, Path)),
    responses((status = 200, content_type = "image/jpeg"), (status = 206, content_type = "image/jpeg"),
        (status = 302, description = "the file is at the address in Location"), Problems)
)]
pub(super) async fn file(
    State(app): State<App>,
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
