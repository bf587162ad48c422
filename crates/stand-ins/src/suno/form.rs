use serde_json::Value;

use super::{MODELS, answer::Envelope};

const KNOWN: [&str; 14] = [
    "customMode",
    "instrumental",
    "model",
    "callBackUrl",
    "prompt",
    "style",
    "title",
    "negativeTags",
    "vocalGender",
    "styleWeight",
    "weirdnessConstraint",
    "audioWeight",
    "personaId",
    "personaModel",
];

/// Whether an order keeps the rules of the documents.
pub(super) fn check(body: &Value) -> Result<(), Envelope> {
    let fields = body.as_object().ok_or_else(|| Envelope::new(400, "The body is not JSON"))?;
    if let Some(field) = fields.keys().find(|field| !KNOWN.contains(&field.as_str())) {
        return Err(Envelope::new(400, &format!("{field} is not known")));
    }
    let custom = flag(body, "customMode")?;
    let instrumental = flag(body, "instrumental")?;
    let model = text(body, "model")?;
    if !MODELS.contains(&model) {
        return Err(Envelope::new(400, "model is not known"));
    }
    if !text(body, "callBackUrl")?.starts_with("http") {
        return Err(Envelope::new(400, "callBackUrl is no address"));
    }
    if !custom {
        return fits(text(body, "prompt")?, 500);
    }
    let (words, style, title) = match model {
        "V4" => (3_000, 200, 80),
        "V4_5ALL" => (5_000, 1_000, 80),
        _ => (5_000, 1_000, 100),
    };
    fits(text(body, "style")?, style)?;
    fits(text(body, "title")?, title)?;
    if instrumental { Ok(()) } else { fits(text(body, "prompt")?, words) }
}

fn flag(body: &Value, field: &str) -> Result<bool, Envelope> {
    body[field].as_bool().ok_or_else(|| Envelope::new(400, &format!("{field} is required")))
}

fn text<'a>(body: &'a Value, field: &str) -> Result<&'a str, Envelope> {
    let given = body[field].as_str().filter(|text| !text.is_empty());
    given.ok_or_else(|| Envelope::new(400, &format!("{field} is required")))
}

fn fits(text: &str, most: usize) -> Result<(), Envelope> {
    if text.chars().count() <= most {
        Ok(())
    } else {
        Err(Envelope::new(413, &format!("at most {most} characters are allowed")))
    }
}
