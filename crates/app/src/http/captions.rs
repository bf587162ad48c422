use std::{fmt::Write as _, sync::Arc};

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use castad_domain::model::{LineTime, VideoId};

use super::{
    App,
    access::Who,
    docs::OnceReady,
    files,
    params::{Id, NoParams},
    problem::Problem,
};

/// The words in time, as `WebVTT`.
#[utoipa::path(
    get, path = "/v1/videos/{id}/captions.vtt", operation_id = "fetch_captions_vtt",
    tag = "videos", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/vtt", body = String), OnceReady)
)]
pub(super) async fn vtt(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<VideoId>,
    _: NoParams,
) -> Result<Response, Problem> {
    let text = web_vtt(&lines(&app, caller.member, id).await?);
    Ok(([(header::CONTENT_TYPE, "text/vtt; charset=utf-8")], text).into_response())
}

/// The words in time, as LRC.
#[utoipa::path(
    get, path = "/v1/videos/{id}/captions.lrc", operation_id = "fetch_captions_lrc",
    tag = "videos", params(("id" = String, Path)),
    responses((status = 200, content_type = "text/plain", body = String), OnceReady)
)]
pub(super) async fn lrc(
    State(app): State<Arc<App>>,
    Who(caller): Who,
    Id(id): Id<VideoId>,
    _: NoParams,
) -> Result<Response, Problem> {
    let text = lrc_text(&lines(&app, caller.member, id).await?);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

async fn lines(
    app: &App,
    member: castad_domain::model::MemberId,
    id: VideoId,
) -> Result<Vec<LineTime>, Problem> {
    let video = app.ports.catalog.video(member, id).await?.ok_or_else(Problem::not_found)?;
    let song = app.ports.catalog.song(member, video.row.song).await?;
    let song = song.ok_or_else(Problem::not_found)?.row;
    Ok(files::made(&song.making)?.lines.clone())
}

fn web_vtt(lines: &[LineTime]) -> String {
    let mut text = String::from("WEBVTT\n");
    for line in lines {
        let (start, end) = (vtt_time(line.start_ms), vtt_time(line.end_ms));
        let words = line.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(text, "\n{start} --> {end}\n{words}\n");
    }
    text
}

fn vtt_time(ms: u32) -> String {
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    format!("{hours:02}:{minutes:02}:{:02}.{:03}", ms / 1_000 % 60, ms % 1_000)
}

fn lrc_text(lines: &[LineTime]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        let (minutes, seconds) = (line.start_ms / 60_000, line.start_ms / 1_000 % 60);
        let hundredths = line.start_ms % 1_000 / 10;
        let _ = writeln!(text, "[{minutes:02}:{seconds:02}.{hundredths:02}]{}", line.text);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_with_their_times_in_both_forms() {
        let line = LineTime { text: "해운대 & 바다".into(), start_ms: 61_234, end_ms: 63_000 };
        let lines = [line];
        assert_eq!(web_vtt(&lines), "WEBVTT\n\n00:01:01.234 --> 00:01:03.000\n해운대 &amp; 바다\n");
        assert_eq!(lrc_text(&lines), "[01:01.23]해운대 & 바다\n");
    }
}
