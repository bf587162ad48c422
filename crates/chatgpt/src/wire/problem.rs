use serde::Deserialize;

/// The envelope of an error.
#[derive(Deserialize)]
pub(crate) struct Problem {
    pub(crate) error: Said,
}

/// What is wrong, in the provider's words.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

impl Said {
    /// The word to decide by. Money that ran out has codes of which new ones appear; their type stays.
    pub(crate) fn word(&self) -> Option<String> {
        let code = self.code.as_deref().filter(|code| !code.is_empty());
        let kind = self.kind.as_deref().filter(|kind| !kind.is_empty());
        let no_money = |word: &&str| crate::refusal::is_billing(word);
        code.filter(no_money).or(kind.filter(no_money)).or(code).or(kind).map(str::to_owned)
    }
}
