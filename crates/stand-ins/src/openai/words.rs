use serde_json::{Value, json};

/// What a model would read out of the prompt.
#[derive(Default)]
pub(super) struct Material {
    name: String,
    region: String,
    korean: bool,
}

impl Material {
    /// Finds the JSON that tells of the business in a prompt.
    pub(super) fn read(prompt: &str) -> Self {
        let json = prompt
            .find('{')
            .zip(prompt.rfind('}'))
            .and_then(|(first, last)| prompt.get(first..=last));
        let told: Value = json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("business_name"),
            region: text("region"),
            korean: text("language") == "Korean",
        }
    }
}

/// Words as a model writes them, in the shape that the schema asks for.
pub(super) fn write(material: &Material) -> String {
    lyric(material.korean, &material.name, &material.region).to_string()
}

/// Three lines.
pub(super) fn few(material: &Material) -> String {
    let name = &material.name;
    let lines = if material.korean {
        ["오늘도", name, "여기로 와요"]
    } else {
        ["Today", name, "come on over"]
    };
    json!({"title": "3", "sections": [{"kind": "chorus", "lines": lines}]}).to_string()
}

/// The other language.
pub(super) fn foreign(material: &Material) -> String {
    lyric(!material.korean, &material.name, &material.region).to_string()
}

/// No name.
pub(super) fn nameless(material: &Material) -> String {
    let name = if material.korean { "우리 가게" } else { "our place" };
    lyric(material.korean, name, &material.region).to_string()
}

/// A sign that no lyric may hold.
pub(super) fn with_emoji(material: &Material) -> String {
    let name = format!("{} 🍰", material.name);
    lyric(material.korean, &name, &material.region).to_string()
}

fn lyric(korean: bool, name: &str, region: &str) -> Value {
    let (title, verse, chorus) = if korean {
        let verse = vec!["골목 끝에 불이 켜지면".to_owned(), format!("{region}의 하루가 시작돼요")];
        let chorus = vec![
            format!("{name}에서 만나요"),
            "우리 동네의 자랑".to_owned(),
            format!("{name}로 와요"),
        ];
        ("골목의 노래", verse, chorus)
    } else {
        let verse =
            ["When the lights go on along the street", "the day begins with something sweet"];
        let chorus = vec![
            format!("Meet me at {name}"),
            "the pride of our neighborhood".to_owned(),
            format!("Come on in to {name}"),
        ];
        ("Song of the Street", verse.map(str::to_owned).to_vec(), chorus)
    };
    json!({"title": title, "sections": [
        {"kind": "verse", "lines": verse}, {"kind": "chorus", "lines": chorus},
    ]})
}
