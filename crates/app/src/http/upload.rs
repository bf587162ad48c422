//! Forms with pictures: taken one after the other, so that memory holds one at a time.

use std::sync::Arc;

use axum::{
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
    response::Response,
};
use castad_domain::{
    model::{Caller, Image, MAX_IMAGES, Production, ProjectId},
    usecase::AddImages,
};
use sha2::{Digest, Sha256};

use super::{
    App, PICTURE_LIMIT,
    asked::{Admitted, Named, Rendering},
    problem::{Code, Problem},
};

/// The longest text beside the pictures.
const TEXT_LIMIT: usize = 1_024;

/// A form that is being read, and its pictures, which no project has yet: if nobody waits for them
/// any more, they are discarded.
pub(super) struct Upload {
    app: Arc<App>,
    adding: AddImages,
    form: Multipart,
    images: Vec<Image>,
}

/// A part of a form.
pub(super) enum Part<'a> {
    /// A picture that was taken.
    Picture,
    /// Anything else, not read yet.
    Other(Box<Field<'a>>),
}

impl Upload {
    pub(super) async fn of(app: &Arc<App>, request: Request) -> Result<Self, Problem> {
        let form = Multipart::from_request(request, app).await;
        let told = "the body must be multipart/form-data";
        let form = form.map_err(|_| Problem::new(Code::WrongType, told))?;
        let adding = AddImages::new(&app.ports);
        Ok(Self { app: Arc::clone(app), adding, form, images: Vec::new() })
    }

    /// The next part; a picture is taken and named with the request.
    pub(super) async fn next(&mut self, name: &mut Named) -> Result<Option<Part<'_>>, Problem> {
        let Some(mut part) = self.form.next_field().await.map_err(broken)? else { return Ok(None) };
        if part.name() != Some("files") {
            return Ok(Some(Part::Other(Box::new(part))));
        }
        let index = self.images.len();
        if index >= MAX_IMAGES {
            let told = format!("a project has at most {MAX_IMAGES} pictures");
            return Err(Problem::new(Code::TooManyImages, told));
        }
        name.add(part.file_name().unwrap_or_default());
        let upload = gather(&mut part, PICTURE_LIMIT).await?.ok_or_else(|| {
            let told = format!("file {} has more than {PICTURE_LIMIT} bytes", index + 1);
            Problem::new(Code::TooLarge, told)
        })?;
        name.add(Sha256::digest(&upload));
        self.images.push(self.adding.take(index, upload.freeze()).await?);
        Ok(Some(Part::Picture))
    }

    /// What was taken so far.
    pub(super) fn images(&self) -> &[Image] {
        &self.images
    }

    /// The upload if it was read well and has pictures; else what was taken is discarded.
    pub(super) async fn read_well<T>(
        mut self,
        end: Result<T, Problem>,
    ) -> Result<(Self, T), Problem> {
        let end = match end {
            Ok(_) if self.images.is_empty() => {
                Err(Problem::invalid_at("/files", "send at least one picture as files"))
            }
            end => end,
        };
        match end {
            Ok(value) => Ok((self, value)),
            Err(problem) => {
                self.discard().await;
                Err(problem)
            }
        }
    }

    /// Adds the pictures to a project; the same request gets its first answer again.
    pub(super) async fn add(
        mut self,
        caller: Caller,
        project: ProjectId,
        name: Named,
        answer: &Rendering<'_, (Production, Vec<Image>)>,
    ) -> Result<Response, Problem> {
        let ticket = match name.admit(&self.app, caller).await {
            Ok(Admitted::New(ticket)) => ticket,
            Ok(Admitted::Before(response)) => {
                self.discard().await;
                return Ok(response);
            }
            Err(problem) => {
                self.discard().await;
                return Err(problem);
            }
        };
        let images = std::mem::take(&mut self.images);
        let added = self.adding.run(caller.member, project, images, ticket.receipt(answer)).await;
        ticket.settle(added.map(|added| answer(&added)).map_err(Problem::from)).await
    }

    async fn discard(&mut self) {
        self.adding.discard(&std::mem::take(&mut self.images)).await;
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (adding, images) = (self.adding.clone(), std::mem::take(&mut self.images));
        if !images.is_empty() {
            tokio::spawn(async move { adding.discard(&images).await });
        }
    }
}

/// A part as text, which is named with the request.
pub(super) async fn text(mut part: Field<'_>, name: &mut Named) -> Result<String, Problem> {
    let field = part.name().unwrap_or_default().to_owned();
    let pointer = format!("/{field}");
    let gathered = gather(&mut part, TEXT_LIMIT).await?;
    let text = gathered.and_then(|bytes| String::from_utf8(bytes.into()).ok());
    let text = text.ok_or_else(|| Problem::invalid_at(&pointer, "must be a short text"))?;
    name.add(field);
    name.add(&text);
    Ok(text)
}

/// The part's bytes; `None` if there are more than so many.
async fn gather(part: &mut Field<'_>, most: usize) -> Result<Option<bytes::BytesMut>, Problem> {
    let mut gathered = bytes::BytesMut::new();
    while let Some(piece) = part.chunk().await.map_err(broken)? {
        gathered.extend_from_slice(&piece);
        if gathered.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(gathered))
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands on")]
fn broken(error: MultipartError) -> Problem {
    let large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let code = if large { Code::TooLarge } else { Code::Malformed };
    Problem::new(code, format!("the body cannot be read: {error}"))
}
