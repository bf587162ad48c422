//! Options and headers that several routes take, and what they lead to.

use utoipa::{IntoParams, IntoResponses};

/// Which rows of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(in crate::http) struct PageParams {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Behind which row the page begins: `next` of the page before.
    after: Option<String>,
}

/// How many rows of a list that has one page.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(in crate::http) struct RowParams {
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// How long to wait for an answer.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "headers are read one by one; this describes them")]
pub(in crate::http) struct WaitParams {
    /// `wait=N` holds the answer back for so many seconds, at most 30, while it is not decided or
    /// made yet. Other preferences are let be.
    #[param(rename = "Prefer", example = "wait=30")]
    prefer: Option<String>,
}

/// How work is begun.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "headers are read one by one; this describes them")]
pub(in crate::http) struct WorkParams {
    /// `wait=N` holds the answer back for so many seconds, at most 30, while it is not made yet.
    /// Other preferences are let be.
    #[param(rename = "Prefer", example = "wait=30")]
    prefer: Option<String>,
    /// After so many seconds what is still being made is canceled, and what it cost comes back.
    #[param(rename = "Cancel-After", minimum = 1, maximum = 604_800, example = 3_600)]
    cancel_after: Option<u32>,
}

/// What lets one book where one has to queue.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "headers are read one by one; this describes them")]
pub(in crate::http) struct QueueParams {
    /// The token of the queue, where the channel has one; anything else lets nobody in.
    #[param(rename = "Castad-Queue-Token", example = "qtk_01980000000070008000000000000001")]
    token: Option<String>,
}

/// Where a stream goes on.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "headers are read one by one; this describes them")]
pub(in crate::http) struct StreamParams {
    /// The event behind which a stream goes on, before `after`.
    #[param(
        rename = "Last-Event-ID",
        pattern = "^(evt_[0-9]{1,18})?$",
        example = "evt_000000000007"
    )]
    last_event_id: Option<String>,
}

/// Which part of a file.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "headers are read one by one; this describes them")]
pub(in crate::http) struct RangeParams {
    /// One range of bytes; the whole file is the answer to anything else.
    #[param(rename = "Range", example = "bytes=0-1023")]
    range: Option<String>,
}

/// Which part of a file, and unless it is known.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "headers are read one by one; this describes them")]
pub(in crate::http) struct FileParams {
    /// One range of bytes; the whole file is the answer to anything else.
    #[param(rename = "Range", example = "bytes=0-1023")]
    range: Option<String>,
    /// The part, only if the file still has this `ETag`; else the whole file.
    #[param(rename = "If-Range")]
    if_range: Option<String>,
    /// 304, if the file still has this `ETag`.
    #[param(rename = "If-None-Match")]
    if_none_match: Option<String>,
}

/// What else becomes of a request for a file.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "it describes answers that have no body")]
pub(in crate::http) enum Elsewhere {
    /// The file is at the address in `Location`, for a while.
    #[response(status = 302, headers(("Location" = String)))]
    There,
    /// The file is the one that is known.
    #[response(status = 304)]
    Known,
}
