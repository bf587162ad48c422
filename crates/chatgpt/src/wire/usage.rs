use serde::Deserialize;

/// Tokens of an answer; the two APIs name them differently.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Usage {
    #[serde(alias = "input_tokens", alias = "prompt_tokens", default)]
    pub(crate) input: u64,
    #[serde(alias = "output_tokens", alias = "completion_tokens", default)]
    pub(crate) output: u64,
    #[serde(alias = "input_tokens_details", alias = "prompt_tokens_details", default)]
    input_details: Option<InputDetails>,
    #[serde(alias = "output_tokens_details", alias = "completion_tokens_details", default)]
    output_details: Option<OutputDetails>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct InputDetails {
    #[serde(default)]
    cached_tokens: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct OutputDetails {
    #[serde(default)]
    reasoning_tokens: Option<u64>,
}

impl Usage {
    /// Tokens of the input that cost less, because they were read before.
    pub(crate) fn cached(&self) -> u64 {
        self.input_details.as_ref().and_then(|details| details.cached_tokens).unwrap_or(0)
    }

    /// Tokens of the output that nobody sees.
    pub(crate) fn reasoning(&self) -> u64 {
        self.output_details.as_ref().and_then(|details| details.reasoning_tokens).unwrap_or(0)
    }
}
