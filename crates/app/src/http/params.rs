//! What addresses carry: ids in the path, options behind the question mark.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
};
use castad_domain::port::{MAX_PAGE, Page};
use tracing::Span;

use super::problem::{InputFault, Problem};

/// The most rows that are shown at once.
pub(super) const MOST_ROWS: u32 = MAX_PAGE - 1;

/// The id in the path; one that does not parse names nothing.
pub(super) struct Id<T>(pub(super) T);

impl<S: Send + Sync, T: FromStr + Send> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ids([id]) = Ids::<1>::from_request_parts(parts, state).await?;
        let parsed = id.parse().map(Self).map_err(|_| Problem::not_found())?;
        if id.starts_with("prj_") {
            Span::current().record("task_id", id);
        }
        Ok(parsed)
    }
}

/// The ids in the path, as text.
pub(super) struct Ids<const N: usize>(pub(super) [String; N]);

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Ids<N> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Problem::not_found())?;
        let ids: Vec<String> = params.iter().map(|(_, value)| value.to_owned()).collect();
        ids.try_into().map(Self).map_err(|_| Problem::not_found())
    }
}

/// The options behind the question mark; unknown ones are refused.
pub(super) struct Params {
    values: BTreeMap<String, String>,
    faults: Vec<InputFault>,
}

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        let mut params = Self { values: BTreeMap::new(), faults: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if params.values.insert(name.to_string(), value.into_owned()).is_some() {
                params.fault(&name, "is given twice");
            }
        }
        Ok(params)
    }
}

impl Params {
    fn fault(&mut self, name: &str, detail: impl Display) {
        let fault = InputFault { pointer: format!("?{name}"), detail: detail.to_string() };
        self.faults.push(fault);
    }

    pub(super) fn take<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.values.remove(name)?;
        parse(&text).map_err(|refused| self.fault(name, refused)).ok()
    }

    /// An option that has to be there.
    pub(super) fn required<T, E: Display>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        if !self.values.contains_key(name) {
            self.fault(name, "is required");
            return None;
        }
        self.take(name, parse)
    }

    /// How many rows are shown at most.
    pub(super) fn limit(&mut self) -> u32 {
        let told = self.take("limit", |text| match text.parse() {
            Ok(limit @ 1..=MOST_ROWS) => Ok(limit),
            _ => Err(format!("must be a number from 1 to {MOST_ROWS}")),
        });
        told.unwrap_or(20)
    }

    /// How many rows are looked up: one more than is shown tells whether there are more.
    pub(super) fn sought(&mut self) -> u32 {
        self.limit() + 1
    }

    /// Which rows of a list of things with such ids.
    pub(super) fn page<T: FromStr>(mut self, bits: fn(T) -> u128) -> Result<Page, Problem>
    where
        T::Err: Display,
    {
        let limit = self.sought();
        let after = self.take("after", str::parse::<T>).map(bits);
        self.finish()?;
        Ok(Page { limit, after })
    }

    pub(super) fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.values).into_keys() {
            self.fault(&name, "is not an option of this route");
        }
        self.finish_loosely()
    }

    /// The same where options that nobody knows are let be.
    pub(super) fn finish_loosely(mut self) -> Result<(), Problem> {
        let unknown = |fault: &InputFault| self.values.contains_key(&fault.pointer[1..]);
        self.faults.retain(|fault| !unknown(fault));
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}

/// A route that takes no options.
pub(super) struct NoParams;

impl<S: Send + Sync> FromRequestParts<S> for NoParams {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Params::from_request_parts(parts, state).await?.finish().map(|()| Self)
    }
}
