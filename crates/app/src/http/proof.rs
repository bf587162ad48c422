//! Whether the books are right, as admins see it.

use std::sync::Arc;

use axum::{Json, extract::State};
use castad_domain::port::{BookRule, Finding};
use serde::Serialize;
use utoipa::ToSchema;

use super::{App, access::Admin, docs::Listed, params::NoParams, problem::Problem};

/// The most that is named of what breaks a rule.
const MOST: u32 = 20;

/// What was found in the books.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminBooks)]
pub(super) struct BooksBody {
    /// Whether nothing breaks a rule.
    right: bool,
    /// Every rule.
    rules: Vec<RuleBody>,
}

/// A rule of the books.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminRule)]
pub(super) struct RuleBody {
    /// What must hold.
    #[schema(example = "an account has what its entries sum up to")]
    rule: &'static str,
    /// What breaks it, by the digits of its id: up to twenty.
    broken: Vec<String>,
}

/// Look at the books: every rule is looked at as of one moment, while others go on (admins).
#[utoipa::path(
    get, path = "/v1/admin/books", operation_id = "show_books", tag = "admin",
    responses((status = 200, body = BooksBody), Listed)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin,
    _: NoParams,
) -> Result<Json<BooksBody>, Problem> {
    let mut rules = Vec::new();
    for rule in BookRule::ALL {
        let found = app.ports.auditor.audit(*rule, MOST).await?;
        let broken = found.iter().map(|Finding { id, .. }| format!("{id:032x}")).collect();
        rules.push(RuleBody { rule: rule.says(), broken });
    }
    Ok(Json(BooksBody { right: rules.iter().all(|rule| rule.broken.is_empty()), rules }))
}
