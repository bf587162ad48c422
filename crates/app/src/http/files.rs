use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use castad_domain::{
    model::{Making, MediaKey, MediaType, MemberId, Product, ProjectId, SongId, Stored, VideoId},
    port::ByteRange,
};
use chrono::TimeDelta;

use super::{
    App,
    access::Who,
    docs::{Elsewhere, FileParams, Linked, RangeParams, SentOnceReady},
    params::{Id, Ids, NoParams},
    problem::{Code, Problem},
};
use crate::secret::hex;

/// How long a link into the media store is good.
const LINK: TimeDelta = TimeDelta::minutes(15);
/// How long a browser may go on using a link that it was given: it is good for a while after that.
const LINK_KEPT: &str = "private, max-age=600";

/// A song's file.
#[utoipa::path(
    get, path = "/v1/songs/{id}/file", operation_id = "fetch_song_file",
    tag = "songs", params(("id" = String, Path), FileParams),
    responses((status = 200, content((String = "audio/mp4"), (String = "audio/mpeg"))),
        (status = 206, content((String = "audio/mp4"), (String = "audio/mpeg"))), Elsewhere, SentOnceReady)
)]
pub(super) async fn song(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<SongId>,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = app.ports.catalog.song(caller.member, id).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let recording = made(&found.row.making)?;
    serve_named(&app, (caller.member, found.project), &recording.file, &headers).await
}

/// A video's file.
#[utoipa::path(
    get, path = "/v1/videos/{id}/file", operation_id = "fetch_video_file",
    tag = "videos", params(("id" = String, Path), FileParams),
    responses((status = 200, body = String, content_type = "video/mp4"),
        (status = 206, body = String, content_type = "video/mp4"), Elsewhere, SentOnceReady)
)]
pub(super) async fn video(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<VideoId>,
    _: NoParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = app.ports.catalog.video(caller.member, id).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let film = made(&found.row.making)?;
    serve_named(&app, (caller.member, found.project), &film.file, &headers).await
}

/// The file, which a browser saves under the business's name.
async fn serve_named(
    app: &App,
    (member, project): (MemberId, ProjectId),
    file: &Stored,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let view = app.ports.catalog.project(member, project).await?;
    let name = view.map(|view| view.production.project().brief().business_name.to_string());
    serve(app, file, headers, name.as_deref()).await
}

/// What came of it, or why nothing did.
pub(super) fn made<P: Product>(making: &Making<P>) -> Result<&P, Problem> {
    match making {
        Making::Ready(product) => Ok(product),
        Making::Failed(failure) => Err(Problem::failed(failure)),
        Making::Canceled => {
            let told = format!("the {} was canceled: there is no file", P::STAGE.name());
            Err(Problem::new(Code::StageCanceled, told))
        }
        Making::Requested
        | Making::Submitting { .. }
        | Making::Working { .. }
        | Making::Collecting { .. }
        | Making::Unresolved { .. } => {
            Err(Problem::new(Code::Missing, "it is not ready yet: there is no file"))
        }
    }
}

/// A file for a provider, whose token is its key.
#[utoipa::path(
    get, path = "/media/{token}", operation_id = "fetch_linked_file",
    tag = "providers", security(()),
    params(("token" = String, Path, description = "what the link was made with"), RangeParams),
    responses(
        (status = 200, content(
            (String = "image/jpeg"), (String = "audio/mp4"), (String = "audio/mpeg"), (String = "video/mp4"))),
        (status = 206, content(
            (String = "image/jpeg"), (String = "audio/mp4"), (String = "audio/mpeg"), (String = "video/mp4"))),
        Linked)
)]
pub(super) async fn linked(
    State(app): State<Arc<App>>,
    Ids(names): Ids<1>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let [token] = names;
    let opened = app.links.as_ref().and_then(|links| links.open(&token, app.ports.clock.now()));
    let key = opened.ok_or_else(gone)?;
    let bytes = app.ports.media.read(&key, None).await?.ok_or_else(gone)?.total;
    send(&app, &Told { key: &key, bytes, tag: None, name: None }, &headers).await
}

fn gone() -> Problem {
    Problem::new(Code::NotFound, "this link is none of ours, or its time is over")
}

/// What is told of a file that is sent.
struct Told<'a> {
    key: &'a MediaKey,
    bytes: u64,
    tag: Option<String>,
    name: Option<&'a str>,
}

/// The bytes, whole or in part, or a link to them where the media store gives one.
pub(super) async fn serve(
    app: &App,
    file: &Stored,
    headers: &HeaderMap,
    name: Option<&str>,
) -> Result<Response, Problem> {
    let until = app.ports.clock.now() + LINK;
    if let Some(link) = app.ports.media.link(&file.key, until).await? {
        let kept = (header::CACHE_CONTROL, HeaderValue::from_static(LINK_KEPT));
        return Ok((StatusCode::FOUND, [kept], Redirect::to(&link)).into_response());
    }
    let tag = Some(format!("\"{}\"", hex(&file.sha256)));
    send(app, &Told { key: &file.key, bytes: file.bytes, tag, name }, headers).await
}

async fn send(app: &App, file: &Told<'_>, headers: &HeaderMap) -> Result<Response, Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let (Some(known), Some(tag)) = (text(header::IF_NONE_MATCH), &file.tag)
        && known.contains(tag)
    {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let fresh = text(header::IF_RANGE).is_none_or(|sent| file.tag.as_deref() == Some(sent));
    let range = match text(header::RANGE).filter(|_| fresh).map(|r| range(r, file.bytes)) {
        Some(Range::Part(part)) => Some(part),
        Some(Range::Outside) => {
            let length = HeaderValue::from_str(&format!("bytes */{}", file.bytes));
            let problem =
                Problem::new(Code::BadRange, format!("the file has {} bytes", file.bytes));
            return Err(length.into_iter().fold(problem, |problem, value| {
                problem.with_header(header::CONTENT_RANGE, value)
            }));
        }
        Some(Range::Unreadable) | None => None,
    };
    let read = app.ports.media.read(file.key, range).await?;
    let read = read.ok_or_else(|| Problem::new(Code::NotFound, "the file is no longer there"))?;
    let mut response = Response::new(Body::from_stream(read.body));
    describe(response.headers_mut(), file);
    let length = if let Some(ByteRange { first, last }) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let told = format!("bytes {first}-{last}/{}", read.total);
        response.headers_mut().extend(told.parse().map(|value| (header::CONTENT_RANGE, value)));
        last - first + 1
    } else {
        read.total
    };
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    Ok(response)
}

fn describe(headers: &mut HeaderMap, file: &Told<'_>) {
    let kind = file.key.media_type();
    let mime = kind.map_or("application/octet-stream", MediaType::mime);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    let tag = file.tag.as_ref().and_then(|tag| tag.parse().ok());
    headers.extend(tag.map(|value| (header::ETAG, value)));
    if let (Some(name), Some(kind)) = (file.name, kind) {
        let encoded: String = name.bytes().map(percent).collect();
        let told = format!("inline; filename*=UTF-8''{encoded}.{}", kind.extension());
        headers.extend(told.parse().map(|value| (header::CONTENT_DISPOSITION, value)));
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Range {
    Part(ByteRange),
    Outside,
    /// Not one range of bytes: the whole file is the answer.
    Unreadable,
}

fn range(text: &str, total: u64) -> Range {
    let parsed = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'));
    let Some((first, last)) = parsed else { return Range::Unreadable };
    let end = total.saturating_sub(1);
    let part = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => ByteRange { first, last: last.min(end) },
        (Ok(first), Err(_)) if last.is_empty() => ByteRange { first, last: end },
        (Err(_), Ok(0)) if first.is_empty() => return Range::Outside,
        (Err(_), Ok(count)) if first.is_empty() => {
            ByteRange { first: total.saturating_sub(count), last: end }
        }
        _ => return Range::Unreadable,
    };
    if part.first < total { Range::Part(part) } else { Range::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_is_outside_or_is_let_be() {
        let part = |first, last| Range::Part(ByteRange { first, last });
        for (text, expected) in [
            ("bytes=0-0", part(0, 0)),
            ("bytes=5-", part(5, 9)),
            ("bytes=-3", part(7, 9)),
            ("bytes=-30", part(0, 9)),
            ("bytes=2-99", part(2, 9)),
            ("bytes=10-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=5-4", Range::Unreadable),
            ("bytes=0-1,3-4", Range::Unreadable),
            ("lines=0-1", Range::Unreadable),
        ] {
            assert_eq!(range(text, 10), expected, "{text}");
        }
    }
}
