mod english;
mod korean;

use chrono::NaiveDate;

use super::{BusinessName, Email, FailureCode, JobId, Language, NewsKind, PersonName, Stage};

/// A letter to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The job that sends it: one that is sent again is known by it.
    pub id: JobId,
    /// Where to.
    pub to: Email,
    /// What the member is called.
    pub name: PersonName,
    /// In which language it is written.
    pub language: Language,
    /// What it tells.
    pub tidings: Tidings,
    /// Where the member finds more of it, if that is known.
    pub link: Option<String>,
}

/// What a letter tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tidings {
    /// The video of a business is finished.
    Finished {
        /// Whose ad it is.
        business: BusinessName,
    },
    /// A stage failed.
    Failed {
        /// Whose ad it was to be.
        business: BusinessName,
        /// Which stage.
        stage: Stage,
        /// Why.
        code: FailureCode,
        /// Whether asking again may help.
        retryable: bool,
    },
    /// Points are about to expire, the next first.
    Expiring(Vec<LastDay>),
}

/// Points with the last day on which they are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay {
    /// How many.
    pub amount: i64,
    /// The day.
    pub day: NaiveDate,
}

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Its subject: one line.
    pub subject: String,
    /// Its text.
    pub text: String,
}

impl Tidings {
    /// What they are about.
    #[must_use]
    pub fn kind(&self) -> NewsKind {
        match self {
            Self::Finished { .. } => NewsKind::Finished,
            Self::Failed { .. } => NewsKind::Failed,
            Self::Expiring(_) => NewsKind::Expiring,
        }
    }
}

impl Letter {
    /// The letter in words of its language.
    ///
    /// ```
    /// # use castad_domain::model::*;
    /// let letter = Letter {
    ///     id: JobId::from_bits(1),
    ///     to: Email::parse("daon@example.com").unwrap(),
    ///     name: PersonName::parse("김다온").unwrap(),
    ///     language: Language::Korean,
    ///     tidings: Tidings::Finished { business: BusinessName::parse("다온카페").unwrap() },
    ///     link: None,
    /// };
    /// assert_eq!(letter.wording().subject, "[Castad] 다온카페 광고 영상이 완성되었습니다");
    /// ```
    #[must_use]
    pub fn wording(&self) -> Wording {
        let (subject, paragraphs) = match self.language {
            Language::Korean => korean::letter(self),
            Language::English => english::letter(self),
        };
        Wording { subject: format!("[Castad] {subject}"), text: paragraphs.join("\n\n") + "\n" }
    }
}

/// All points that are about to expire.
fn sum(days: &[LastDay]) -> i64 {
    days.iter().map(|last| last.amount).sum()
}

/// A number as both languages write it: `12,345`.
fn number(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests;
