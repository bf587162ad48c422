use serde_json::{Map, Value, json};

use super::{Creatomate, Fate, film, pause, script};

const STATES: [&str; 4] = ["planned", "waiting", "transcribing", "rendering"];

/// What was asked for, in good form.
pub(super) struct Asked {
    pub(super) template: Option<(&'static str, &'static str)>,
    pub(super) script: Value,
    pub(super) assets: Vec<String>,
    pub(super) webhook: Option<String>,
    pub(super) metadata: Option<String>,
    pub(super) modifications: Map<String, Value>,
}

/// A render that was taken.
pub(super) struct Render {
    asked: Asked,
    pub(super) fate: Option<Fate>,
    looks: usize,
    ending: bool,
    end: Option<End>,
}

/// How a render ended.
#[derive(Clone)]
struct End {
    status: &'static str,
    reason: Option<String>,
    seconds: f64,
}

/// Takes an order and tells of the render that it is.
pub(super) fn take(this: &Creatomate, asked: Asked) -> Value {
    let mut book = this.book();
    let id = format!("0f5a3c1e-7b2d-4c8a-9e10-{:012x}", book.renders.len() + 1);
    let fate = book.fates.pop_front();
    let remarked = fate == Some(Fate::Remarked);
    let render = Render { asked, fate, looks: 0, ending: false, end: None };
    let mut told = render.told(&id, &this.film_url(&id));
    if remarked {
        told["errors"] = json!(["The file https://media.example/a?sig=1 cannot be used."]);
        told["warnings"] = json!(["The modification 'Nobody' matches no element."]);
    }
    book.renders.insert(id.clone(), render);
    if let Some(takes) = book.pace.takes() {
        let this = this.clone();
        tokio::spawn(async move {
            pause(takes).await;
            finish(&this, &id).await;
        });
    }
    told
}

/// Shows a render, which goes on by being looked at where nothing else makes it.
pub(super) async fn look(this: &Creatomate, id: &str) -> Option<Value> {
    let ends = {
        let mut book = this.book();
        let by_looks = book.pace.takes().is_none();
        let render = book.renders.get_mut(id).filter(|render| render.fate != Some(Fate::Gone))?;
        render.looks += 1;
        by_looks && render.looks > STATES.len() && !render.stays()
    };
    if ends {
        finish(this, id).await;
    }
    let book = this.book();
    book.renders.get(id).map(|render| render.told(id, &this.film_url(id)))
}

/// Fetches what the render is made from, ends it, and tells those who wait.
async fn finish(this: &Creatomate, id: &str) {
    let (assets, fate) = {
        let mut book = this.book();
        let Some(render) = book.renders.get_mut(id) else { return };
        if std::mem::replace(&mut render.ending, true) || render.stays() {
            return;
        }
        (render.asked.assets.clone(), render.fate.clone())
    };
    let mut media = 0.0_f64;
    let mut missing = None;
    for asset in assets {
        match this.0.net.get(&asset).await {
            Ok(file) => media = media.max(script::recording(&file).unwrap_or(0.0)),
            Err(reason) => missing = Some(format!("The file {asset} cannot be used: {reason}")),
        }
    }
    let (status, reason) = match (fate, missing) {
        (Some(Fate::Fails { message }), _) => ("failed", Some(message)),
        (Some(Fate::Cancelled), _) => ("cancelled", None),
        (_, Some(reason)) => ("failed", Some(reason)),
        (_, None) => ("succeeded", None),
    };
    let hook = {
        let mut book = this.book();
        let Some(render) = book.renders.get_mut(id) else { return };
        let seconds = script::length(&render.asked.script, media);
        render.end = Some(End { status, reason, seconds });
        let told = render.told(id, &this.film_url(id));
        render.asked.webhook.clone().map(|url| (url, told, render.fate.clone()))
    };
    if let Some((url, told, fate)) = hook {
        call(this, &url, &told, fate.as_ref()).await;
    }
}

async fn call(this: &Creatomate, url: &str, told: &Value, fate: Option<&Fate>) {
    let mut messages = vec![told.clone()];
    match fate {
        Some(Fate::WebhookTwice) => messages.push(told.clone()),
        Some(Fate::WebhookOutOfOrder) => {
            let mut before = told.clone();
            before["status"] = "rendering".into();
            messages.push(before);
        }
        Some(Fate::WebhookForged) => {
            let mut forged = told.clone();
            forged["id"] = "0f5a3c1e-7b2d-4c8a-9e10-ffffffffffff".into();
            messages.insert(0, forged);
        }
        _ => {}
    }
    for message in messages {
        deliver(this, url, message).await;
    }
}

/// Calls a webhook; what nobody was there to take is kept.
pub(super) async fn deliver(this: &Creatomate, url: &str, message: Value) {
    let answered = this.0.net.post(url, &message).await.unwrap_or(0);
    let mut book = this.book();
    book.delivered.push(answered);
    if answered == 0 || answered >= 500 {
        book.unheard.push((url.to_owned(), message));
    }
}

impl Render {
    fn stays(&self) -> bool {
        matches!(self.fate, Some(Fate::NeverEnds | Fate::UnknownStatus))
    }

    fn status(&self) -> &'static str {
        let shown = STATES[self.looks.saturating_sub(1).min(STATES.len() - 1)];
        match (&self.end, &self.fate) {
            (Some(end), _) => end.status,
            (None, Some(Fate::UnknownStatus)) if self.looks > 0 => "polishing",
            (None, _) => shown,
        }
    }

    /// What was asked for: `metadata` and `modifications`.
    pub(super) fn order(&self) -> Value {
        json!({"metadata": self.asked.metadata, "modifications": self.asked.modifications})
    }

    pub(super) fn is_made(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.status == "succeeded")
    }

    pub(super) fn film(&self) -> &'static [u8] {
        let side = |name: &str| self.asked.script[name].as_u64().unwrap_or(1);
        film::of(side("width"), side("height"))
    }

    fn told(&self, id: &str, url: &str) -> Value {
        let url = match self.fate {
            Some(Fate::FileElsewhere) => format!("https://elsewhere.example/{id}.mp4"),
            _ => url.to_owned(),
        };
        let script = &self.asked.script;
        let mut told = json!({
            "id": id, "status": self.status(), "url": url, "snapshot_url": null,
            "output_format": script["output_format"].as_str().unwrap_or("mp4"), "render_scale": 1,
            "modifications": self.asked.modifications,
        });
        if let Some((template_id, name)) = self.asked.template {
            told["template_id"] = template_id.into();
            told["template_name"] = name.into();
            told["template_tags"] = json!(["castad"]);
        }
        for (name, value) in
            [("webhook_url", &self.asked.webhook), ("metadata", &self.asked.metadata)]
        {
            if let Some(value) = value {
                told[name] = value.as_str().into();
            }
        }
        if let Some(end) = &self.end {
            self.tell_end(&mut told, end);
        }
        told
    }

    fn tell_end(&self, told: &mut Value, end: &End) {
        if let Some(reason) = &end.reason {
            told["error_message"] = reason.as_str().into();
        }
        if end.status != "succeeded" {
            return;
        }
        let promised = match self.fate {
            Some(Fate::FileLarger) => self.film().len() - 1_000,
            _ => self.film().len(),
        };
        for name in ["width", "height", "frame_rate"] {
            told[name] = self.asked.script[name].clone();
        }
        told["file_size"] = promised.into();
        if self.fate != Some(Fate::NoDuration) {
            told["duration"] = end.seconds.into();
        }
    }
}
