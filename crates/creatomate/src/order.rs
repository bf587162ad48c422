use castad_domain::port::VideoOrder;
use serde_json::{Value, json};

use crate::{
    Settings,
    fill::{Links, modifications},
    template::Template,
};

/// What Creatomate is asked for a video; both versions of its API take it.
pub(crate) fn order(
    settings: &Settings,
    template: (&str, &Template),
    wanted: &VideoOrder,
    links: &Links,
) -> Value {
    let (id, template) = template;
    let mut order = json!({
        "template_id": id,
        "modifications": modifications(template, wanted, links),
        "metadata": wanted.attempt.to_string(),
    });
    if let Some(public) = &settings.callbacks {
        let address = format!("{public}/callbacks/creatomate/{}", wanted.attempt);
        order["webhook_url"] = address.into();
    }
    order
}
