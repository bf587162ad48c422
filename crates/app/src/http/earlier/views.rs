//! What the earlier service's clients read.

use castad_domain::{
    model::{Failure, Project},
    port::NumberedPage,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::words;
use crate::http::{
    problem::{Code, ProblemBody},
    views::{FailureBody, time},
};

/// A request that was not carried out: a problem as everywhere, and what earlier clients look for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EarlierProblem)]
pub(in crate::http) struct EarlierProblem {
    /// Always `false`.
    success: bool,
    /// What is wrong with this very request.
    message: String,
    #[serde(flatten)]
    problem: ProblemBody,
}

impl EarlierProblem {
    /// The earlier service had a word of its own for work that is on its way.
    pub(in crate::http) fn new(code: Code, mut problem: ProblemBody) -> Self {
        let message = problem.detail.clone();
        if code == Code::AlreadyProcessing {
            "Already processing".clone_into(&mut problem.detail);
        }
        Self { success: false, message, problem }
    }
}

/// A project that was opened.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierOpened {
    /// Always `true`.
    pub(super) success: bool,
    /// What the other routes call the project by.
    pub(super) task_id: String,
    /// The same: the project's id under `/v1`.
    pub(super) project_id: String,
}

/// A picture that was added.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierImage {
    pub(super) id: String,
    /// Where the picture can be fetched.
    pub(super) url: String,
    /// Where it stands among the task's pictures, from 0.
    pub(super) img_order: usize,
}

/// The pictures that were added.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierImages {
    /// Always `true`.
    pub(super) success: bool,
    pub(super) task_id: String,
    /// In the order in which they were sent.
    pub(super) images: Vec<EarlierImage>,
}

/// A lyric that is wanted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierLyric {
    /// Always `true`.
    pub(super) success: bool,
    pub(super) task_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
}

/// How far a task's lyric is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierLyricStatus {
    pub(super) task_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
    /// The words, once they are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lyric_result: Option<String>,
    /// How it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<FailureBody>,
}

/// A song that is wanted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierSong {
    /// Always `true`.
    pub(super) success: bool,
    pub(super) task_id: String,
    /// What `/song/status` asks for.
    pub(super) song_task_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
}

/// How far a song is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierSongStatus {
    pub(super) song_task_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
    /// Where the recording can be fetched, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    /// How it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<FailureBody>,
}

/// A video that is wanted.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierVideo {
    /// Always `true`.
    pub(super) success: bool,
    pub(super) task_id: String,
    /// What `/video/status` asks for.
    pub(super) render_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
}

/// How far a video is, in its provider's words.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierVideoStatus {
    pub(super) render_id: String,
    /// `planned`, `rendering`, `succeeded` or `failed`.
    pub(super) status: &'static str,
    /// Where the film can be fetched, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    /// How it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<FailureBody>,
}

/// How far a task's newest video is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierDownload {
    pub(super) task_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
    /// Where the film can be fetched, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result_movie_url: Option<String>,
    /// How it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<FailureBody>,
}

/// What a task is about.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierProject {
    project_id: String,
    customer_name: String,
    region: String,
    detail_region_info: String,
    /// `Korean` or `English`.
    language: &'static str,
    created_at: String,
}

impl From<&Project> for EarlierProject {
    fn from(project: &Project) -> Self {
        let brief = project.brief();
        Self {
            project_id: project.id().to_string(),
            customer_name: brief.business_name.to_string(),
            region: brief.region.to_string(),
            detail_region_info: brief.details.to_string(),
            language: words::language_word(brief.language),
            created_at: time(project.created_at()),
        }
    }
}

/// A song in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierSongItem {
    pub(super) task_id: String,
    pub(super) song_task_id: String,
    /// `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
    /// Where the recording can be fetched, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
    pub(super) created_at: String,
    pub(super) project: EarlierProject,
}

/// A finished video in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierVideoItem {
    pub(super) task_id: String,
    pub(super) render_id: String,
    /// Always `completed`.
    pub(super) status: &'static str,
    /// Where the film can be fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) result_movie_url: Option<String>,
    pub(super) created_at: String,
    pub(super) project: EarlierProject,
}

/// A page of a list by its number.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EarlierPage<T: ToSchema> {
    items: Vec<T>,
    /// How many rows all pages have.
    total: u64,
    /// Which page this is, counted from 1.
    page: u32,
    /// How many rows a page has at most.
    page_size: u32,
}

impl<T: ToSchema> EarlierPage<T> {
    pub(super) fn new(items: Vec<T>, total: u64, page: NumberedPage) -> Self {
        Self { items, total, page: page.number, page_size: page.size }
    }
}

pub(super) fn failure(failure: Option<&Failure>) -> Option<FailureBody> {
    failure.map(FailureBody::from)
}
