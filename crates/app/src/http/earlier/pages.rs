use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use castad_domain::port::NumberedPage;
use utoipa::IntoParams;

use crate::http::{
    params::{MOST_ROWS, Params},
    problem::Problem,
};

/// How many rows a page has unless something else is asked for.
const PAGE_SIZE: u32 = 10;

/// Which rows of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(super) struct PageNumber {
    /// Which page, counted from 1.
    #[param(minimum = 1, default = 1)]
    page: Option<u32>,
    /// How many rows a page has at most.
    #[param(minimum = 1, maximum = 100, default = 10)]
    page_size: Option<u32>,
}

/// The page that a caller asks for.
pub(in crate::http) struct Asked(pub(super) NumberedPage);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut params = Params::from_request_parts(parts, state).await?;
        let number = params.take("page", |text| match text.parse() {
            Ok(number @ 1..) => Ok(number),
            _ => Err(format!("must be a number from 1 to {}", u32::MAX)),
        });
        let size = params.take("page_size", |text| match text.parse() {
            Ok(size @ 1..=MOST_ROWS) => Ok(size),
            _ => Err(format!("must be a number from 1 to {MOST_ROWS}")),
        });
        params.finish_loosely()?;
        Ok(Self(NumberedPage { number: number.unwrap_or(1), size: size.unwrap_or(PAGE_SIZE) }))
    }
}
