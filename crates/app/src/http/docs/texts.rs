//! What texts a request may hold where more than their length is checked, and shapes that a struct
//! does not say.

use castad_domain::model::EventKind;
use serde_json::{Value, json};

/// What the field of a body has to look like, by its name.
pub(super) fn pattern(field: &str) -> Option<String> {
    match field {
        "business_name" | "customer_name" | "name" | "region" | "style" | "title" => Some(line()),
        "details" | "detail_region_info" | "description" => Some(PROSE.to_owned()),
        "email" => Some(EMAIL.to_owned()),
        "order_number" => Some(r"^[\p{L}\p{N}!-~]+$".to_owned()),
        "provider_job" => Some("^[A-Za-z0-9_-]+$".to_owned()),
        "url" => Some(r#"^https?://[^/?#@"<>\\\s]+([/?][^#"<>\\\s]*)?$"#.to_owned()),
        _ => None,
    }
}

/// Free text: line breaks and tabs, and no other control characters.
const PROSE: &str = r"^([^\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\r\n)*$";

const EMAIL: &str = "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\
                     @([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+\
                     [A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$";

/// One line that can be sung, drawn and shown, with a letter or digit in it.
fn line() -> String {
    let said = r"\p{L}\p{N}";
    let marks = r"\u0300-\u036f\u0900-\u109f";
    let space = r"\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
    let signs = r#"&'’‘"“”().,!?\-–—·・/+#%@:;~_*№®™©°₩$€£¥「」『』〈〉《》【】\[\]…|=ㆍ"#;
    let any = format!("[{said}{marks}{space}{signs}]*");
    format!("^{any}[{said}]{any}$")
}

fn one_number(field: &str, description: &str, most: u32) -> Value {
    let number = json!({
        "type": "integer", "format": "int64", "description": description, "minimum": 1, "maximum": most,
    });
    json!({
        "type": "object", "required": [field], "properties": {field: number},
        "additionalProperties": false,
    })
}

/// Which events may be chosen: each by its name, each group, and all.
pub(super) fn choices() -> Value {
    let mut all = vec!["*".to_owned()];
    for kind in EventKind::ALL.iter().map(|kind| kind.name()) {
        let group = format!("{}.*", kind.split('.').next().unwrap_or(kind));
        all.extend([group, kind.to_owned()]);
    }
    all.sort_unstable();
    all.dedup();
    all.into()
}

/// What holds for a schema as a whole.
pub(super) fn rule(schema: &str) -> Value {
    match schema {
        "Discount" => json!({
            "properties": null, "additionalProperties": null,
            "oneOf": [
                one_number("percent", "So many hundredths of the order, at most half of it.", 100),
                one_number("fixed", "So many won, at most half of the order.", 1_000_000_000),
            ],
        }),
        "NewDecision" => json!({
            "oneOf": [
                {"required": ["decision", "provider_job"], "properties": {
                    "decision": {"const": "adopt"}, "provider_job": {"type": "string"},
                }},
                {"required": ["decision"], "properties": {
                    "decision": {"enum": ["give_up", "buy_again"]}, "provider_job": {"type": "null"},
                }},
            ],
        }),
        _ => json!({}),
    }
}
