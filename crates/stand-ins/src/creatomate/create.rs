use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use super::{
    Call, Creatomate, problem,
    problem::Problem,
    render::{self, Asked},
    script, template,
};

const V1: [&str; 12] = [
    "template_id",
    "tags",
    "source",
    "modifications",
    "output_format",
    "frame_rate",
    "render_scale",
    "max_width",
    "max_height",
    "webhook_url",
    "metadata",
    "transcripts",
];

/// What else than the script itself a request of the second version may hold.
const V2: [&str; 8] = [
    "template_id",
    "modifications",
    "render_scale",
    "max_width",
    "max_height",
    "webhook_url",
    "metadata",
    "dry_run",
];

const SCRIPT: [&str; 14] = [
    "output_format",
    "width",
    "height",
    "frame_rate",
    "duration",
    "elements",
    "crf",
    "snapshot_time",
    "emoji_style",
    "fill_color",
    "fonts",
    "gif_quality",
    "gif_compression",
    "loop",
];

pub(super) async fn v1(State(this): State<Creatomate>, head: HeaderMap, body: Bytes) -> Response {
    create(&this, 1, &head, &body).await.unwrap_or_else(IntoResponse::into_response)
}

pub(super) async fn v2(State(this): State<Creatomate>, head: HeaderMap, body: Bytes) -> Response {
    create(&this, 2, &head, &body).await.unwrap_or_else(IntoResponse::into_response)
}

async fn create(
    this: &Creatomate,
    version: u8,
    head: &HeaderMap,
    body: &[u8],
) -> Result<Response, Problem> {
    let read: Option<Value> = serde_json::from_slice(body).ok();
    let path = format!("/v{version}/renders");
    let fault =
        this.admit(Call::Create, &path, head, read.as_ref().unwrap_or(&Value::Null)).await?;
    if let Some(response) = fault.and_then(super::Fault::instead) {
        return Ok(response);
    }
    let body = read.ok_or_else(|| Problem::bad_request("The body is not valid JSON."))?;
    let (asked, warnings) = checked(version, &body)?;
    if body["dry_run"] == true {
        let source = asked.script;
        return Ok(Json(
            json!({"valid": true, "errors": [], "warnings": warnings, "source": source}),
        )
        .into_response());
    }
    let mut told = render::take(this, asked);
    if !warnings.is_empty() {
        told["warnings"] = json!(warnings);
    }
    let answer = if version == 1 { json!([told]) } else { told };
    Ok(problem::cut_if(fault, (StatusCode::ACCEPTED, Json(answer)).into_response()).await)
}

fn checked(version: u8, body: &Value) -> Result<(Asked, Vec<String>), Problem> {
    let fields = body.as_object().ok_or_else(|| Problem::bad_request("No object was sent."))?;
    let known = |name: &str| match version {
        1 => V1.contains(&name),
        _ => V2.contains(&name) || SCRIPT.contains(&name),
    };
    if let Some(name) = fields.keys().find(|name| !known(name)) {
        return Err(Problem::bad_request(&format!("The parameter '{name}' is not known.")));
    }
    let (template, mut script) = scripted(version, fields)?;
    for name in ["webhook_url", "metadata"] {
        if fields.get(name).is_some_and(|value| !value.is_string()) {
            return Err(Problem::bad_request(&format!("The parameter '{name}' must be a string.")));
        }
    }
    let nothing = Map::new();
    let modifications = match fields.get("modifications") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(modifications)) => modifications,
        Some(_) => return Err(Problem::bad_request("'modifications' must be an object.")),
    };
    let warnings = script::apply(&mut script, modifications);
    let handed_in = if template.is_some() { json!(modifications) } else { script.clone() };
    let assets = script::assets(&handed_in);
    let asked = Asked {
        template,
        script,
        assets,
        webhook: body["webhook_url"].as_str().map(str::to_owned),
        metadata: body["metadata"].as_str().map(str::to_owned),
        modifications: modifications.clone(),
    };
    Ok((asked, warnings))
}

type Template = (&'static str, &'static str);

/// Which template it is made from, and what is to be rendered.
fn scripted(
    version: u8,
    fields: &Map<String, Value>,
) -> Result<(Option<Template>, Value), Problem> {
    if let Some(id) = fields.get("template_id") {
        let id =
            id.as_str().ok_or_else(|| Problem::bad_request("'template_id' must be a UUID."))?;
        let found = template::find(id).ok_or_else(|| Problem::not_found("template"))?;
        if !found.source["elements"].is_array() {
            return Err(Problem::bad_request("The template cannot be rendered."));
        }
        return Ok((Some((found.id, found.name)), found.source));
    }
    let script = match version {
        1 => fields.get("source").cloned().unwrap_or(Value::Null),
        _ => fields.iter().filter(|(name, _)| SCRIPT.contains(&name.as_str())).map(own).collect(),
    };
    if script["elements"].is_array() {
        Ok((None, script))
    } else {
        Err(Problem::bad_request("Provide a template_id or RenderScript."))
    }
}

fn own((name, value): (&String, &Value)) -> (String, Value) {
    (name.clone(), value.clone())
}
