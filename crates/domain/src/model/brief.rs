use std::{fmt, str::FromStr};

use super::text::{self, TextError};

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident by $door:ident, at most $most:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The most characters that it may have.
            pub const MAX_CHARS: usize = $most;

            /// Takes outside text.
            ///
            /// # Errors
            ///
            /// [`TextError`] names the rule that the text breaks.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                text::$door(text, Self::MAX_CHARS).map(Self)
            }

            /// The text, trimmed and in composed form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    )+};
}

texts! {
    /// What the business is called; it is sung and drawn.
    ///
    /// ```
    /// # use castad_domain::model::{BusinessName, TextError};
    /// assert_eq!(BusinessName::parse(" 다온카페 ")?.as_str(), "다온카페");
    /// assert_eq!(BusinessName::parse("🍰"), Err(TextError::Forbidden('🍰')));
    /// # Ok::<(), TextError>(())
    /// ```
    BusinessName by name, at most 80;
    /// Where the business is, as its neighbours would say it.
    ///
    /// ```
    /// # use castad_domain::model::{Region, TextError};
    /// assert!(Region::parse("부산 해운대").is_ok());
    /// assert_eq!(Region::parse(""), Err(TextError::Empty));
    /// ```
    Region by name, at most 80;
    /// What else the song should know; may be empty.
    ///
    /// ```
    /// # use castad_domain::model::Details;
    /// assert!(Details::parse("").is_ok());
    /// assert!(Details::parse(&"a".repeat(1001)).is_err());
    /// ```
    Details by prose, at most 1000;
    /// How the song should sound, in the owner's words: "잔잔한 발라드", "bright acoustic pop".
    ///
    /// ```
    /// # use castad_domain::model::Style;
    /// assert!(Style::parse("lofi").is_ok());
    /// assert!(Style::parse("<b>").is_err());
    /// ```
    Style by name, at most 200;
}

impl Details {
    /// Nothing more to know.
    #[must_use]
    pub fn none() -> Self {
        Self(String::new())
    }
}

/// A word that is none of those that a choice allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {allowed}")]
pub struct UnknownWord {
    /// The words that are.
    pub allowed: &'static str,
}

/// The language of the words that are sung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// 한국어.
    Korean,
    /// English.
    English,
}

impl Language {
    /// The language's code: `ko` or `en`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }
}

impl FromStr for Language {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "ko" => Ok(Self::Korean),
            "en" => Ok(Self::English),
            _ => Err(UnknownWord { allowed: "ko, en" }),
        }
    }
}

/// The shape of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Orientation {
    /// 9:16, for a phone held upright.
    Vertical,
    /// 1:1.
    Square,
    /// 16:9.
    Horizontal,
}

impl Orientation {
    /// The orientation's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Vertical => "vertical",
            Self::Square => "square",
            Self::Horizontal => "horizontal",
        }
    }
}

impl FromStr for Orientation {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text {
            "vertical" => Ok(Self::Vertical),
            "square" => Ok(Self::Square),
            "horizontal" => Ok(Self::Horizontal),
            _ => Err(UnknownWord { allowed: "vertical, square, horizontal" }),
        }
    }
}

/// What an ad is to be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// What the business is called.
    pub business_name: BusinessName,
    /// Where it is.
    pub region: Region,
    /// What else the song should know.
    pub details: Details,
    /// The language of the words.
    pub language: Language,
    /// The shape of a video for which none is asked.
    pub orientation: Orientation,
    /// How the song should sound, if the owner minds.
    pub style: Option<Style>,
    /// What built-in engines vary by, where the same outcome is wanted again.
    pub seed: Option<u64>,
}

/// What an owner changes of a brief; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BriefChange {
    /// Another name.
    pub business_name: Option<BusinessName>,
    /// Another place.
    pub region: Option<Region>,
    /// Other details.
    pub details: Option<Details>,
    /// Another language.
    pub language: Option<Language>,
    /// Another shape.
    pub orientation: Option<Orientation>,
    /// Another style, or none any more.
    pub style: Option<Option<Style>>,
    /// Another seed, or none any more.
    pub seed: Option<Option<u64>>,
}

impl Brief {
    /// The brief with the change made.
    #[must_use]
    pub fn changed(&self, change: BriefChange) -> Self {
        Self {
            business_name: change.business_name.unwrap_or_else(|| self.business_name.clone()),
            region: change.region.unwrap_or_else(|| self.region.clone()),
            details: change.details.unwrap_or_else(|| self.details.clone()),
            language: change.language.unwrap_or(self.language),
            orientation: change.orientation.unwrap_or(self.orientation),
            style: change.style.unwrap_or_else(|| self.style.clone()),
            seed: change.seed.unwrap_or(self.seed),
        }
    }
}
