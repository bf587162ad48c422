use serde_json::{Value, json};

use super::{
    CLIENTS,
    client::{Client, text},
};

/// What an admin puts up for all of them, asked as often as everything else.
pub(crate) struct Fair {
    pub(crate) campaign: String,
    pub(crate) pack: String,
    /// A channel before which everybody stands in a queue.
    pub(crate) crowded: String,
    /// Those of another one.
    pub(crate) slots: Vec<String>,
    /// Those of a third, for what is made later.
    pub(crate) later: Vec<String>,
}

pub(crate) async fn put_up(admin: &mut Client) -> Fair {
    let total = CLIENTS;
    let campaign = json!({
        "name": "개업", "total": total, "discount": {"percent": 10}, "minimum_order": 0, "valid_days": 30,
    });
    for chore in ["expirations", "reconciliation", "jobs/replay"] {
        admin.ask(&format!("/v1/admin/{chore}"), &json!({})).await;
    }
    for decision in ["pause", "resume"] {
        admin.ask(&format!("/v1/admin/providers/song/{decision}"), &json!({})).await;
    }
    let campaign = text(&admin.ask("/v1/campaigns", &campaign).await, "id").to_owned();
    let pack = json!({"name": "만 포인트", "points": 10_000, "price": 9_900, "stock": total});
    let pack = text(&admin.ask("/v1/packs", &pack).await, "id").to_owned();
    let crowded = text(&admin.ask("/v1/channels", &channel(true)).await, "id").to_owned();
    Fair { campaign, pack, crowded, slots: slots(admin).await, later: slots(admin).await }
}

fn channel(queue: bool) -> Value {
    json!({"name": "옥상", "dates": ["2099-05-01"], "slots": CLIENTS, "price": 100, "queue": queue})
}

async fn slots(admin: &mut Client) -> Vec<String> {
    let channel = text(&admin.ask("/v1/channels", &channel(false)).await, "id").to_owned();
    let page = admin.get(&format!("/v1/channels/{channel}/slots?date=2099-05-01&limit=100")).await;
    let slots = page["items"].as_array().unwrap().iter();
    slots.map(|slot| text(slot, "id").to_owned()).collect()
}
