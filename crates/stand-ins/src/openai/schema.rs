use serde_json::Value;

use super::problem::Problem;

/// Every field must be among those that the documents know.
pub(super) fn only(body: &Value, known: &[&str]) -> Result<(), Problem> {
    let fields = body.as_object().ok_or_else(Problem::not_json)?;
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        Some(field) => Err(Problem::param(field, &format!("Unknown parameter: '{field}'."))),
        None => Ok(()),
    }
}

/// A number that caps the output, where it is given.
pub(super) fn cap(body: &Value, field: &str, least: u64) -> Result<(), Problem> {
    let given = &body[field];
    if given.is_null() || given.as_u64().is_some_and(|number| number >= least) {
        return Ok(());
    }
    Err(Problem::param(field, &format!("Invalid '{field}': integer below minimum value.")))
}

/// A named JSON Schema of the subset that `strict` allows.
pub(super) fn format(format: &Value, at: &str) -> Result<(), Problem> {
    let name = format["name"].as_str().unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(allowed) {
        return Err(Problem::param(&format!("{at}.name"), "Missing or invalid name."));
    }
    let schema = &format["schema"];
    if schema["type"] != "object" {
        return Err(Problem::param(&format!("{at}.schema"), "The root must be an object."));
    }
    if format["strict"] == true { strict(schema, at) } else { Ok(()) }
}

fn strict(schema: &Value, at: &str) -> Result<(), Problem> {
    if let Some(properties) = schema["properties"].as_object() {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let all = properties.keys().all(|key| required.contains(&key.as_str()));
        if !all || schema["additionalProperties"] != false {
            let message = "Invalid schema for response_format: 'required' is required to include \
                every key in properties and 'additionalProperties' to be false.";
            return Err(Problem::param(&format!("{at}.schema"), message));
        }
        properties.values().try_for_each(|inner| strict(inner, at))?;
    }
    if schema["items"].is_object() { strict(&schema["items"], at) } else { Ok(()) }
}
