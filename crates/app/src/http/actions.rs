//! What admins did, as admins see it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use castad_domain::{
    model::{Action, ActionId, ActionKind, Datum, MemberId, Pass},
    port::ActionFilter,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    App,
    access::Admin,
    docs::Listed,
    params::Params,
    problem::Problem,
    shown::listed,
    views::{ListBody, time},
};

/// Which actions.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "options are read one by one; this describes them")]
pub(super) struct ActionParams {
    /// Those of that member only.
    actor: Option<String>,
    /// Those of that kind only, such as `points.granted`.
    action: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Behind which row the page begins: `next` of the page before.
    after: Option<String>,
}

/// What an admin did that changed something.
#[derive(Serialize, ToSchema)]
#[schema(as = AdminAction)]
pub(super) struct ActionBody {
    id: String,
    /// The member who did it.
    actor: String,
    /// The key that they came with.
    key_id: Option<String>,
    /// The session that they came with. Neither is told of who runs the program.
    session_id: Option<String>,
    /// The request that it was done by, as the log names it.
    request_id: Option<String>,
    /// What they did.
    #[schema(example = "points.granted")]
    action: String,
    /// To what, by its id or name.
    target: String,
    /// What else is told, other for each action.
    #[schema(value_type = Object)]
    details: BTreeMap<String, Value>,
    /// When.
    at: String,
}

fn told(datum: &Datum) -> Value {
    match datum {
        Datum::Text(text) => Value::from(text.as_str()),
        Datum::Number(number) => Value::from(*number),
        Datum::Flag(flag) => Value::from(*flag),
    }
}

impl From<&Action> for ActionBody {
    fn from(action: &Action) -> Self {
        let (key_id, session_id) = match action.by.pass {
            Pass::Key(id) => (Some(id.to_string()), None),
            Pass::Session(id) => (None, Some(id.to_string())),
            Pass::Program => (None, None),
        };
        let details = action.details.iter();
        Self {
            id: action.id.to_string(),
            actor: action.by.member.to_string(),
            key_id,
            session_id,
            request_id: action.by.request.clone(),
            action: action.kind.clone(),
            target: action.target.clone(),
            details: details.map(|(name, datum)| (name.clone(), told(datum))).collect(),
            at: time(action.at),
        }
    }
}

/// What admins did (admins), newest first.
#[utoipa::path(
    get, path = "/v1/admin/actions", operation_id = "list_actions",
    tag = "admin", params(ActionParams),
    responses((status = 200, body = ListBody<ActionBody>), Listed)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    mut params: Params,
) -> Result<Json<ListBody<ActionBody>>, Problem> {
    let actor = params.take("actor", str::parse::<MemberId>);
    let kind = params.take("action", ActionKind::from_name);
    let page = params.page(ActionId::to_bits)?;
    let rows = app.ports.oversight.actions(ActionFilter { actor, kind }, page).await?;
    Ok(listed(&rows, page, |action| action.id.to_string()))
}
