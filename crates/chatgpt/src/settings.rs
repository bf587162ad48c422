use std::fmt;

use castad_http_client::Secret;

/// Which of OpenAI's two APIs is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Responses, which OpenAI recommends.
    Responses,
    /// Chat Completions, which compatible servers speak.
    Chat,
}

/// Whom to ask, and how.
#[derive(Clone)]
pub struct Settings {
    /// Where the API is: `https://api.openai.com/v1`.
    pub base: String,
    /// What opens it.
    pub key: Secret,
    /// Which model writes.
    pub model: String,
    /// Which API it speaks.
    pub shape: Shape,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base, key: _, model, shape } = self;
        let mut shown = f.debug_struct("Settings");
        shown
            .field("base", base)
            .field("model", model)
            .field("shape", shape)
            .finish_non_exhaustive()
    }
}
