//! What a route may refuse with. A route names one set of problems, by what it reads and does; a set
//! is a line, made of the one that it begins with and codes of its own.

use std::collections::BTreeMap;

use castad_domain::model::{Failure, FailureCode, ProviderName, Stage};
use chrono::DateTime;
use serde_json::{Map, Value, json};
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, ResponseBuilder,
    response::Response as Described,
    schema::{AllOfBuilder, ObjectBuilder, Type},
};

use crate::http::{
    earlier,
    problem::{Code, InputFault, Problem},
};

/// A set of codes that a route may refuse with.
pub(in crate::http) trait Refuses {
    /// All of them.
    fn codes() -> Vec<Code>;
}

/// Sets of problems: `Name = Base: Code, Code;`.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident $(= $base:ty)?: $($code:ident),*;)+) => {$(
        $(#[$doc])*
        pub(in crate::http) struct $name;

        impl $crate::http::docs::Refuses for $name {
            fn codes() -> Vec<$crate::http::problem::Code> {
                let own = [$($crate::http::problem::Code::$code),*];
                let begun: &[Vec<_>] =
                    &[$(<$base as $crate::http::docs::Refuses>::codes())?];
                own.into_iter().chain(begun.concat()).collect()
            }
        }

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                $crate::http::docs::told_of(&<Self as $crate::http::docs::Refuses>::codes())
            }
        }
    )+};
}
pub(in crate::http) use problems;

problems! {
    /// Whatever is asked, by whomever.
    Any: Timeout, Internal, HeadTooLarge;
    /// The same where one is turned away while too many are connected; who only looks how it goes is not.
    Reached = Any: TooManyConnections;
    /// What needs a key, or a page of our own.
    Keyed = Reached: Unauthorized, Forbidden, ScopeMissing, RateLimited, TooManyAttempts, Unavailable;
    /// What is shown of what is there for sure; its options are read.
    Listed = Keyed: Invalid;
    /// What is looked for, by an id alone.
    Looked = Keyed: NotFound;
    /// What is looked for, by an id and with options.
    Found = Listed: NotFound;
    /// A file that may be asked for in part.
    Sent = Found: BadRange;
    /// A change, whose body is read and whose answer is kept.
    Changed = Listed: Malformed, TooLarge, WrongType, InFlight, Mismatch, Busy, Full;
    /// A change of something that is looked for.
    ChangedOne = Changed: NotFound;
    /// A change that anybody may ask for.
    Entered = Reached: Forbidden, TooManyAttempts, Unavailable, Invalid, Malformed, TooLarge, WrongType, Busy, Full;
    /// What is listed or streamed.
    Streamed = Listed: TooManyStreams;
    /// The same of something that is looked for.
    StreamedOne = Streamed: NotFound;
}

/// A response for each status of those codes, with the codes that it may come with.
pub(in crate::http) fn told_of(codes: &[Code]) -> BTreeMap<String, RefOr<Described>> {
    let mut by_status = BTreeMap::<String, Vec<Code>>::new();
    for code in Code::ALL.iter().filter(|code| codes.contains(code)) {
        by_status.entry(code.status().as_str().to_owned()).or_default().push(*code);
    }
    by_status.into_iter().map(|(status, codes)| (status, RefOr::T(response(&codes)))).collect()
}

fn response(codes: &[Code]) -> Described {
    let told = codes.iter().map(|code| format!("`{}`: {}.", code.word(), code.title()));
    let words = codes.iter().map(|code| code.word());
    let words = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    let narrowed = ObjectBuilder::new().property("code", words);
    let problem = AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(narrowed);
    ResponseBuilder::new()
        .description(told.collect::<Vec<_>>().join(" "))
        .content("application/problem+json", ContentBuilder::new().schema(Some(problem)).build())
        .build()
}

/// What is asked for in examples, at either face: a problem that many routes share is told once.
const NOW: &str = "/v1/projects/prj_01980000000070008000000000000001";
const EARLIER: &str = "/song/generate/prj_01980000000070008000000000000001";

/// An example of each of those codes, for callers of that address.
pub(super) fn examples(path: &str, words: &Value) -> Value {
    let path = if earlier::is_here(path) { EARLIER } else { NOW };
    let named = |code: &&Code| words.as_array().into_iter().flatten().any(|w| w == code.word());
    let example = |code: &Code| {
        let told = json!({"summary": code.title(), "value": example(path, *code)});
        (code.word().to_owned(), told)
    };
    Value::Object(Code::ALL.iter().filter(named).map(example).collect())
}

/// A problem of that code, made as answers are.
fn example(path: &str, code: Code) -> Value {
    let mut problem = if code == Code::StageFailed {
        Problem::failed(&failure())
    } else {
        Problem::new(code, code.title().to_lowercase())
    };
    if code == Code::Invalid {
        problem = Problem::invalid_at("/language", "must be one of ko, en");
    } else if code == Code::PictureRejected {
        let (pointer, detail) = ("/files/1".to_owned(), "the picture is damaged".to_owned());
        problem = problem.with_errors(vec![InputFault { pointer, detail }]);
    }
    json!(problem.shown("req_5f0c3a52b1d2c3a4e5f60718", path))
}

fn failure() -> Failure {
    Failure {
        stage: Stage::Song,
        code: FailureCode::ProviderUnavailable,
        provider: Some(ProviderName::new("suno")),
        provider_code: Some("503".to_owned()),
        detail: "the provider gave no answer".to_owned(),
        retryable: true,
        at: DateTime::UNIX_EPOCH,
    }
}

/// The schemas of problems, each with one that was made as answers are.
pub(super) fn give_examples(schemas: &mut Map<String, Value>) {
    for (name, path) in [("Problem", NOW), ("EarlierProblem", EARLIER)] {
        schemas[name]["examples"] = json!([example(path, Code::NotFound)]);
    }
}
