use async_trait::async_trait;
use castad_domain::{
    model::{Action, ActionId, ActionKind, By, Datum, KeyId, MemberId, NewAction, Pass, SessionId},
    port::{ActionBook, ActionFilter, MAX_PAGE, Page, StoreError},
};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    fault::corrupt,
    link::Link,
    row::{EventData, bits, data_json},
    store::Unit,
};

macro_rules! columns {
    () => {
        "SELECT id, actor, by_key, by_session, request, action, target, details, at \
         FROM admin_actions WHERE "
    };
}

texts! {
    NOTE =
        "INSERT INTO admin_actions \
         (id, actor, by_key, by_session, request, action, target, details, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    ACTIONS = concat!(columns!(), "id < ? ORDER BY id DESC LIMIT ?");
    ACTIONS_OF_ACTOR = concat!(columns!(), "actor = ? AND id < ? ORDER BY id DESC LIMIT ?");
    ACTIONS_OF_KIND = concat!(columns!(), "action = ? AND id < ? ORDER BY id DESC LIMIT ?");
    ACTIONS_OF_BOTH =
        concat!(columns!(), "actor = ? AND action = ? AND id < ? ORDER BY id DESC LIMIT ?");
}

#[derive(sqlx::FromRow)]
struct ActionRow {
    id: Uuid,
    actor: Uuid,
    by_key: Option<Uuid>,
    by_session: Option<Uuid>,
    request: Option<String>,
    action: String,
    target: String,
    details: Json<EventData>,
    at: DateTime<Utc>,
}

impl TryFrom<ActionRow> for Action {
    type Error = StoreError;

    fn try_from(row: ActionRow) -> Result<Self, StoreError> {
        let pass = match (row.by_key, row.by_session) {
            (Some(key), None) => Pass::Key(KeyId::from_bits(key.as_u128())),
            (None, Some(session)) => Pass::Session(SessionId::from_bits(session.as_u128())),
            (None, None) => Pass::Program,
            (Some(_), Some(_)) => return Err(corrupt("admin_actions.by_key")),
        };
        let member = MemberId::from_bits(row.actor.as_u128());
        let details = row.details.0.into_iter().map(|(name, datum)| (name, Datum::from(datum)));
        Ok(Self {
            id: ActionId::from_bits(row.id.as_u128()),
            by: By { member, pass, request: row.request },
            kind: row.action,
            target: row.target,
            at: row.at,
            details: details.collect(),
        })
    }
}

#[async_trait]
impl ActionBook for Unit {
    async fn note(&mut self, action: &NewAction) -> Result<(), StoreError> {
        let NewAction { by, kind, target, at, details } = action;
        let (key, session) = match by.pass {
            Pass::Key(id) => (Some(bits(id.to_bits())), None),
            Pass::Session(id) => (None, Some(bits(id.to_bits()))),
            Pass::Program => (None, None),
        };
        let (id, actor) = (bits(self.ids.next()), bits(by.member.to_bits()));
        let (request, kind, target) = (by.request.as_deref(), kind.name(), target.as_str());
        let details = Json(data_json(details));
        execute!(self.link(), NOTE, id, actor, key, session, request, kind, target, &details, at,)?;
        Ok(())
    }
}

/// What admins did, newest first.
pub(crate) async fn read(
    link: Link<'_>,
    of: ActionFilter,
    page: Page,
) -> Result<Vec<Action>, StoreError> {
    let (before, limit) = (page.after.map_or(Uuid::max(), bits), page.limit.min(MAX_PAGE));
    let actor = of.actor.map(|actor| bits(actor.to_bits()));
    let rows = match (actor, of.kind.map(ActionKind::name)) {
        (None, None) => fetch_all!(link, ActionRow, ACTIONS, before, limit)?,
        (Some(actor), None) => fetch_all!(link, ActionRow, ACTIONS_OF_ACTOR, actor, before, limit)?,
        (None, Some(kind)) => fetch_all!(link, ActionRow, ACTIONS_OF_KIND, kind, before, limit)?,
        (Some(actor), Some(kind)) => {
            fetch_all!(link, ActionRow, ACTIONS_OF_BOTH, actor, kind, before, limit)?
        }
    };
    rows.into_iter().map(Action::try_from).collect()
}
