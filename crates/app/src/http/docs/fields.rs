//! What a field may hold, by its name: ids, times, days, and words from a list. What a bound is, its
//! own struct says.

use castad_domain::model::{
    ActionId, ActionKind, CampaignId, CampaignMode, ChannelId, CouponId, CouponRequestId,
    DeliveryId, EntryId, EventKind, FailureCode, HoldId, ImageId, JobId, JobState, KeyId, LotId,
    LyricId, MemberId, OrderId, PackId, ProjectId, ProjectStatus, QueueToken, Scope, SessionId,
    SettingKey, SlotId, SongId, Stage, TaskKind, UsageId, VideoId, WebhookId,
};
use serde_json::{Map, Value, json};

/// What ids of a noun begin with.
const NOUNS: &[(&str, &str)] = &[
    ("accumulation", LotId::PREFIX),
    ("action", ActionId::PREFIX),
    ("campaign", CampaignId::PREFIX),
    ("channel", ChannelId::PREFIX),
    ("claim", CouponRequestId::PREFIX),
    ("counterpart", MemberId::PREFIX),
    ("coupon", CouponId::PREFIX),
    ("deliverie", DeliveryId::PREFIX),
    ("from_member", MemberId::PREFIX),
    ("history", EntryId::PREFIX),
    ("hold", HoldId::PREFIX),
    ("image", ImageId::PREFIX),
    ("job", JobId::PREFIX),
    ("key", KeyId::PREFIX),
    ("lyric", LyricId::PREFIX),
    ("member", MemberId::PREFIX),
    ("order", OrderId::PREFIX),
    ("pack", PackId::PREFIX),
    ("project", ProjectId::PREFIX),
    ("queue-token", QueueToken::PREFIX),
    ("session", SessionId::PREFIX),
    ("render", VideoId::PREFIX),
    ("slot", SlotId::PREFIX),
    ("song", SongId::PREFIX),
    ("song_task", SongId::PREFIX),
    ("task", ProjectId::PREFIX),
    ("to_member", MemberId::PREFIX),
    ("usage", UsageId::PREFIX),
    ("video", VideoId::PREFIX),
    ("webhook", WebhookId::PREFIX),
];

/// What `id` and other names mean where they stand in one schema alone.
const IDS: &[(&str, &str, &str)] = &[
    ("Account", "id", MemberId::PREFIX),
    ("Accumulation", "key", LotId::PREFIX),
    ("AdminAction", "actor", MemberId::PREFIX),
    ("AdminAction", "id", ActionId::PREFIX),
    ("AdminJob", "id", JobId::PREFIX),
    ("AdminJobHistory", "id", JobId::PREFIX),
    ("Campaign", "id", CampaignId::PREFIX),
    ("CanceledAccumulation", "key", LotId::PREFIX),
    ("Channel", "id", ChannelId::PREFIX),
    ("Claim", "request_id", CouponRequestId::PREFIX),
    ("Coupon", "id", CouponId::PREFIX),
    ("EarlierImage", "id", ImageId::PREFIX),
    ("GivenBack", "key", UsageId::PREFIX),
    ("Handed", "from", LotId::PREFIX),
    ("Handed", "lot", LotId::PREFIX),
    ("Hold", "id", HoldId::PREFIX),
    ("Image", "id", ImageId::PREFIX),
    ("Key", "id", KeyId::PREFIX),
    ("KeyCreated", "id", KeyId::PREFIX),
    ("ListedWebhook", "id", WebhookId::PREFIX),
    ("Lyric", "id", LyricId::PREFIX),
    ("MemberCreated", "id", MemberId::PREFIX),
    ("Order", "id", OrderId::PREFIX),
    ("Pack", "id", PackId::PREFIX),
    ("PointEntry", "id", EntryId::PREFIX),
    ("Project", "id", ProjectId::PREFIX),
    ("QueueToken", "token", QueueToken::PREFIX),
    ("Queued", "request_id", CouponRequestId::PREFIX),
    ("Restored", "lot", LotId::PREFIX),
    ("SettingChange", "by", MemberId::PREFIX),
    ("ShownWebhook", "id", WebhookId::PREFIX),
    ("Slot", "id", SlotId::PREFIX),
    ("Song", "id", SongId::PREFIX),
    ("Taken", "lot", LotId::PREFIX),
    ("Transfer", "key", EntryId::PREFIX),
    ("Usage", "key", UsageId::PREFIX),
    ("Video", "id", VideoId::PREFIX),
    ("Webhook", "id", WebhookId::PREFIX),
    ("WebhookCreated", "id", WebhookId::PREFIX),
    ("WebhookDelivery", "id", DeliveryId::PREFIX),
];

/// Which words a field may hold where it stands in one schema alone.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("AdminLane", "lane", &["lyric", "song", "video", "house"]),
    ("Claim", "status", &["waiting", "issued", "refused"]),
    ("ClaimReason", "code", &["sold_out", "already_issued"]),
    ("Coupon", "status", &["issued", "used", "revoked", "expired"]),
    ("Decided", "status", MAKING),
    ("EarlierDownload", "status", EARLIER),
    ("EarlierLyric", "status", EARLIER),
    ("EarlierLyricRequest", "language", &["Korean", "English", "ko", "en"]),
    ("EarlierLyricStatus", "status", EARLIER),
    ("EarlierNewProject", "language", &["Korean", "English", "ko", "en"]),
    ("EarlierProject", "language", &["Korean", "English"]),
    ("EarlierSong", "status", EARLIER),
    ("EarlierSongItem", "status", EARLIER),
    ("EarlierSongStatus", "status", EARLIER),
    ("EarlierVideo", "status", EARLIER),
    ("EarlierVideoItem", "status", &["completed"]),
    ("EarlierVideoStatus", "status", &["planned", "rendering", "succeeded", "failed"]),
    ("File", "media_type", &["image/jpeg", "audio/mp4", "audio/mpeg", "video/mp4"]),
    ("Health", "status", &["ok"]),
    ("Hold", "status", &["held", "reserved", "expired", "released", "canceled"]),
    ("ListedWebhook", "status", DELIVERING),
    ("ListedWebhook", "disabled_reason", DISABLED),
    ("Lyric", "status", &["requested", "writing", "ready", "failed", "canceled"]),
    ("NewAccumulation", "kind", &["charge", "bonus", "manual"]),
    ("Accumulation", "kind", &["charge", "bonus", "manual"]),
    ("NewDecision", "decision", DECISION),
    ("Decided", "decision", DECISION),
    ("Order", "status", &["pending", "paying", "paid", "closing", "expired", "canceled"]),
    ("PointEntry", "type", ENTRY),
    ("QueueToken", "status", &["waiting", "active", "used", "expired"]),
    ("Queued", "status", &["waiting", "issued", "refused"]),
    ("Readiness", "process", &["serving", "stopping"]),
    ("Reconciled", "result", &["matched", "corrected", "created", "skipped"]),
    ("Section", "kind", &["verse", "chorus", "bridge", "outro"]),
    ("ShownWebhook", "status", DELIVERING),
    ("ShownWebhook", "disabled_reason", DISABLED),
    ("Slot", "status", &["available", "held", "reserved"]),
    ("Song", "status", SONG),
    ("Video", "status", VIDEO),
    ("Webhook", "status", DELIVERING),
    ("Webhook", "disabled_reason", DISABLED),
    ("WebhookCreated", "status", DELIVERING),
    ("WebhookCreated", "disabled_reason", DISABLED),
    ("WebhookDelivery", "error", UNANSWERED),
    ("WebhookTest", "error", UNANSWERED),
];

const MAKING: &[&str] = &[
    "requested",
    "submitting",
    "composing",
    "rendering",
    "collecting",
    "ready",
    "unresolved",
    "failed",
    "canceled",
];
const SONG: &[&str] = &[
    "requested",
    "submitting",
    "composing",
    "collecting",
    "ready",
    "unresolved",
    "failed",
    "canceled",
];
const VIDEO: &[&str] = &[
    "requested",
    "submitting",
    "rendering",
    "collecting",
    "ready",
    "unresolved",
    "failed",
    "canceled",
];
const EARLIER: &[&str] = &["processing", "completed", "failed"];
const DELIVERING: &[&str] = &["delivering", "retrying", "disabled"];
const DISABLED: &[&str] = &["exhausted", "gone", "owner"];
const DECISION: &[&str] = &["adopt", "give_up", "buy_again"];
const ENTRY: &[&str] =
    &["accumulated", "accumulation_canceled", "used", "use_canceled", "expired", "transferred"];
const UNANSWERED: &[&str] = &[
    "address_not_allowed",
    "name_not_found",
    "connection_failed",
    "tls_failed",
    "timeout",
    "connection_lost",
];

/// What a text may look like.
pub(super) fn id_pattern(prefix: &str) -> String {
    format!("^{prefix}_[0-9a-f]{{32}}$")
}

/// The pattern of ids of a noun, in the singular or plural.
pub(super) fn ids_of(noun: &str) -> Option<String> {
    let singular = noun.strip_suffix('s').unwrap_or(noun);
    let known = NOUNS.iter().find(|(known, _)| *known == noun || *known == singular);
    known.map(|(_, prefix)| id_pattern(prefix))
}

/// Narrows each field of a schema to what it may hold.
pub(super) fn narrow(schema_name: &str, schema: &mut Value) {
    let Some(properties) = schema["properties"].as_object_mut() else { return };
    for (name, field) in properties {
        let found = narrowing(schema_name, name);
        let narrowed = match field.get_mut("items") {
            Some(items) => items,
            None => field,
        };
        if is_text(narrowed) {
            merge(narrowed, found);
        }
    }
}

fn is_text(field: &Value) -> bool {
    let kind = &field["type"];
    kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")))
}

/// A list of words leaves room for `null` where that may stand.
fn merge(field: &mut Value, found: Map<String, Value>) {
    let may_be_null = field["type"].is_array();
    for (name, mut value) in found {
        if let (true, "enum", Some(words)) = (may_be_null, name.as_str(), value.as_array_mut()) {
            words.push(Value::Null);
        }
        if field.get(&name).is_none() {
            field[name] = value;
        }
    }
}

fn narrowing(schema: &str, name: &str) -> Map<String, Value> {
    let words = WORDS.iter().find(|(in_schema, field, _)| (*in_schema, *field) == (schema, name));
    if let Some((_, _, words)) = words {
        return one("enum", json!(words));
    }
    let id = IDS.iter().find(|(in_schema, field, _)| (*in_schema, *field) == (schema, name));
    if let Some((_, _, prefix)) = id {
        return one("pattern", id_pattern(prefix).into());
    }
    if let Some(pattern) = name.strip_suffix("_id").and_then(ids_of) {
        return one("pattern", pattern.into());
    }
    of_one_schema(schema, name).unwrap_or_else(|| of_any_schema(name))
}

/// What holds for a field of one schema or a few.
fn of_one_schema(schema: &str, name: &str) -> Option<Map<String, Value>> {
    Some(match (schema, name) {
        ("Event", "type") => one("enum", names(EventKind::ALL, EventKind::name)),
        ("Event", "id") | ("WebhookDelivery", "event") | (_, "told") => {
            one("pattern", "^evt_[0-9]{12,19}$".into())
        }
        ("Failure", "code") => one("enum", names(&FailureCode::ALL, FailureCode::name)),
        ("Project", "status") => one("enum", names(&ProjectStatus::ALL, ProjectStatus::name)),
        ("ImageOrder", "images") => one("pattern", id_pattern(ImageId::PREFIX).into()),
        ("Unresolved" | "Decided", "id") => one("pattern", purchases().into()),
        ("AdminAction", "action") => one("enum", actions()),
        ("AdminJob" | "AdminJobHistory", "state") => {
            one("enum", names(&JobState::ALL, JobState::name))
        }
        ("AdminJob" | "AdminJobHistory" | "NewReplay", "task") => {
            one("enum", names(&TaskKind::ALL, TaskKind::name))
        }
        ("Key" | "KeyCreated" | "NewKey", "scopes") => one("enum", names(&Scope::ALL, Scope::name)),
        ("Campaign" | "NewCampaign", "mode") => {
            one("enum", names(&CampaignMode::ALL, CampaignMode::name))
        }
        ("Setting" | "SettingChange" | "SettingWithHistory", "key") => one("enum", settings()),
        _ => return None,
    })
}

/// What holds for a field of that name wherever it stands.
fn of_any_schema(name: &str) -> Map<String, Value> {
    match name {
        "stage" | "stages" | "kept" | "canceled" => one("enum", names(&Stage::ALL, Stage::name)),
        "language" => one("enum", json!(["ko", "en"])),
        "orientation" => one("enum", json!(["vertical", "square", "horizontal"])),
        "role" => one("enum", json!(["member", "admin"])),
        "date" | "dates" => one("format", "date".into()),
        "sha256" => one("pattern", "^[0-9a-f]{64}$".into()),
        "at" | "due" | "estimated_start" | "since" | "next_due" => {
            one("format", "date-time".into())
        }
        time if time.ends_with("_at") || time.ends_with("_until") => {
            one("format", "date-time".into())
        }
        _ => Map::new(),
    }
}

/// What songs and videos are called, of which nobody knows whether they were bought.
pub(super) fn purchases() -> String {
    format!("^({}|{})_[0-9a-f]{{32}}$", SongId::PREFIX, VideoId::PREFIX)
}

/// The names of all settings.
pub(super) fn settings() -> Value {
    names(SettingKey::ALL, SettingKey::name)
}

/// The words by which jobs are listed: the names of their states, and that of those whose worker fell
/// silent.
pub(super) fn job_lists() -> Value {
    JobState::ALL.map(JobState::name).into_iter().chain(["lapsed"]).collect()
}

/// The names of what admins do.
pub(super) fn actions() -> Value {
    names(ActionKind::ALL, ActionKind::name)
}

fn names<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> Value {
    all.iter().map(|one| name(*one)).collect()
}

fn one(name: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value)])
}
