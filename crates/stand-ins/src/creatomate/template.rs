use serde_json::{Value, json};

/// Upright, with four scenes, a title, captions and music.
pub const VERTICAL: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9001";
/// The same, square.
pub const SQUARE: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9002";
/// The same, lying.
pub const HORIZONTAL: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9003";
/// With one place for a picture, and nothing else but music.
pub const SMALL: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9004";
/// With no place for a picture.
pub const EMPTY: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9005";
/// Whose source is none.
pub const BROKEN: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9006";
/// Of a length of its own, with elements that share a name, and times spelt with their unit.
pub const FIXED: &str = "7c1f4a52-0c86-4a2e-9a53-6d2a2f1b9007";

/// A template of the project.
pub(super) struct Template {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) source: Value,
}

pub(super) fn find(id: &str) -> Option<Template> {
    let (id, name, source) = match id {
        VERTICAL => (VERTICAL, "Vertical ad", ad(1080, 1920)),
        SQUARE => (SQUARE, "Square ad", ad(1080, 1080)),
        HORIZONTAL => (HORIZONTAL, "Horizontal ad", ad(1920, 1080)),
        SMALL => (SMALL, "One picture", small()),
        EMPTY => (EMPTY, "No picture", script(1080, 1080, &json!([music()]))),
        BROKEN => (BROKEN, "Broken", json!("an older format")),
        FIXED => (FIXED, "Of a length of its own", fixed()),
        _ => return None,
    };
    Some(Template { id, name, source })
}

impl Template {
    /// As the provider tells of it; the times are not those of RFC 3339.
    pub(super) fn told(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "tags": ["castad"], "source": self.source,
            "created_at": "2026-01-01 12:00:00.000 +0200",
            "updated_at": "2026-02-01 12:00:00.000 +0200",
        })
    }
}

fn script(width: u32, height: u32, elements: &Value) -> Value {
    json!({
        "output_format": "mp4", "width": width, "height": height, "frame_rate": 30,
        "elements": elements,
    })
}

fn music() -> Value {
    json!({
        "id": "e0000000-0000-4000-8000-000000000001", "name": "Music", "type": "audio", "track": 5,
        "time": 0, "source": "https://cdn.example/demo/music.mp3", "duration": null,
        "audio_fade_out": 2,
    })
}

fn photo(name: &str) -> Value {
    json!({
        "name": name, "type": "image", "track": 1, "dynamic": true, "fit": "cover",
        "source": "https://cdn.example/demo/photo.jpg",
    })
}

fn scene(number: u32, elements: &Value) -> Value {
    json!({
        "name": format!("Scene-{number}"), "type": "composition", "track": 1, "duration": 5,
        "elements": elements,
    })
}

fn ad(width: u32, height: u32) -> Value {
    let title = json!({
        "name": "Title", "type": "text", "track": 2, "time": 1, "duration": 3, "text": "Your name",
        "fill_color": "#ffffff",
    });
    let accent = json!({
        "name": "Accent-Bar", "type": "shape", "track": 3, "time": 0, "height": "1%",
        "fill_color": "#ff0000",
    });
    let logo = json!({
        "name": "Logo", "type": "image", "track": 4, "time": 0,
        "source": "https://cdn.example/demo/logo.png",
    });
    let caption = json!({
        "id": "e0000000-0000-4000-8000-000000000002", "name": "Caption", "type": "text", "track": 1,
        "text": "A line of the song", "y": "85%", "fill_color": "#ffffff", "font_size": "5 vmin",
    });
    let captions = json!({
        "name": "Captions", "type": "composition", "track": 6, "time": 0, "elements": [caption],
    });
    script(
        width,
        height,
        &json!([
            scene(1, &json!([photo("Photo-1"), title])),
            scene(2, &json!([photo("Photo-2")])),
            scene(3, &json!([photo("Photo-3")])),
            scene(4, &json!([photo("Photo-4")])),
            accent,
            logo,
            music(),
            captions,
        ]),
    )
}

fn small() -> Value {
    script(1080, 1080, &json!([photo("Picture"), music()]))
}

fn fixed() -> Value {
    let mut first = photo("Same");
    first["id"] = "e0000000-0000-4000-8000-00000000000a".into();
    first["time"] = "0 s".into();
    first["duration"] = "4 s".into();
    let mut second = photo("Same");
    second["id"] = "e0000000-0000-4000-8000-00000000000b".into();
    second["time"] = "4 s".into();
    second["duration"] = "6 s".into();
    let caption = json!({"name": "Caption", "type": "text", "track": 2, "text": "A line"});
    let mut source = script(1080, 1080, &json!([first, second, caption, music()]));
    source["duration"] = "10 s".into();
    source["output_format"] = "gif".into();
    source
}
