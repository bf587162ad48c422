/// A key that opens a provider. It can be neither printed nor compared:
///
/// ```compile_fail
/// println!("{:?}", castad_http_client::Secret::new("sk-1"));
/// ```
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes the key.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text with this key blotted out, should it be in it.
    #[must_use]
    pub fn blotted(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "***") }
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}
