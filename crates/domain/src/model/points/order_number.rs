use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Why a text is no order number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an order number has 1 to 100 letters, digits and signs, and no spaces")]
pub struct OrderNumberError;

/// What points were spent on or came from, in the words of who keeps the orders:
/// `GEN-…-song`, `SLOT-…`.
///
/// ```
/// # use castad_domain::model::OrderNumber;
/// assert_eq!(OrderNumber::parse("A1234")?.as_str(), "A1234");
/// assert!(OrderNumber::parse("주문-7").is_ok());
/// assert!(OrderNumber::parse("two words").is_err());
/// # Ok::<(), castad_domain::model::OrderNumberError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// The most characters of one.
    pub const MAX_CHARS: usize = 100;

    /// Takes outside text; two spellings of one letter are the same.
    ///
    /// # Errors
    ///
    /// [`OrderNumberError`] unless it is 1 to 100 letters, digits and signs.
    pub fn parse(text: &str) -> Result<Self, OrderNumberError> {
        let composed: String = text.nfc().collect();
        let fits = (1..=Self::MAX_CHARS).contains(&composed.chars().count());
        let plain = composed.chars().all(|c| c.is_alphanumeric() || c.is_ascii_graphic());
        if fits && plain { Ok(Self(composed)) } else { Err(OrderNumberError) }
    }

    /// Whether the studio gives numbers like it to what it makes and books itself: their points come
    /// and go with the work alone.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        ["GEN-", "SLOT-"].iter().any(|own| self.0.starts_with(own))
    }

    /// The number's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_visible_and_of_bounded_length() {
        for good in ["A1234", "GEN-prj_1-song", "주문-7", &"가".repeat(100)] {
            assert_eq!(OrderNumber::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", " ", "a b", "a\n", "\u{202e}a", "a\u{0}", &"a".repeat(101)] {
            assert_eq!(OrderNumber::parse(bad), Err(OrderNumberError), "{bad:?}");
        }
    }

    #[test]
    fn two_spellings_of_one_number_are_the_same() {
        assert_eq!(OrderNumber::parse("\u{1103}\u{1161}"), OrderNumber::parse("다"));
    }
}
