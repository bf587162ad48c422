use std::fmt;

/// Why a text is no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have at most 200 characters")]
pub struct ReasonError;

/// Why points came back, in the words of who had them come back.
///
/// ```
/// # use castad_domain::model::Reason;
/// assert_eq!(Reason::parse("주문 취소")?.as_str(), "주문 취소");
/// assert!(Reason::parse(&"가".repeat(201)).is_err());
/// # Ok::<(), castad_domain::model::ReasonError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The most characters of one.
    pub const MAX_CHARS: usize = 200;

    /// Takes outside text as it is.
    ///
    /// # Errors
    ///
    /// [`ReasonError`] if it is too long.
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let fits = text.chars().nth(Self::MAX_CHARS).is_none();
        if fits { Ok(Self(text.to_owned())) } else { Err(ReasonError) }
    }

    /// The reason's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
