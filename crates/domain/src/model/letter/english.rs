use super::{LastDay, Letter, Tidings, number, sum};
use crate::model::{FailureCode, Stage};

/// The subject, and the paragraphs.
pub(super) fn letter(letter: &Letter) -> (String, Vec<String>) {
    let (subject, told) = match &letter.tidings {
        Tidings::Finished { business } => (
            format!("The ad video for {business} is finished"),
            vec![format!("The ad video for “{business}” is finished.")],
        ),
        Tidings::Failed { business, stage, code, retryable } => {
            let made = made(*stage);
            let subject = format!("The {made} for {business} could not be made");
            let mut told = vec![format!(
                "The {made} for the ad of “{business}” could not be made. {}",
                why(*code)
            )];
            if *retryable {
                told.push("You can try again on the same page.".to_owned());
            }
            (subject, told)
        }
        Tidings::Expiring(days) => (expiring(days), vec![list(days)]),
    };
    let mut paragraphs = vec![format!("Hello {},", letter.name.as_str())];
    paragraphs.extend(told);
    paragraphs.extend(letter.link.as_ref().map(|link| format!("See for yourself: {link}")));
    let end =
        "You get this mail because your account asks for it. Switch it off on your account's page.";
    paragraphs.push(end.to_owned());
    (subject, paragraphs)
}

fn made(stage: Stage) -> &'static str {
    match stage {
        Stage::Lyric => "lyrics",
        Stage::Song => "song",
        Stage::Video => "video",
    }
}

fn why(code: FailureCode) -> &'static str {
    match code {
        FailureCode::ProviderRefused => "Whoever was to make it refused the order.",
        FailureCode::ProviderUnavailable => {
            "Whoever was to make it did not answer, however often we asked."
        }
        FailureCode::ProviderFailed => "Something went wrong while it was being made.",
        FailureCode::LyricUnusable => "No usable lyrics came out.",
        FailureCode::ResultUnusable => "Nothing usable came out.",
        FailureCode::MediaMissing => "A file that it is made from could not be found.",
        FailureCode::StorageFailed => "What was made could not be stored.",
        FailureCode::Unresolved => {
            "Nobody could tell whether the order was taken, so it was stopped."
        }
        FailureCode::InsufficientPoints => "There were not enough points.",
        FailureCode::Internal => "Something went wrong on our side.",
    }
}

fn points(amount: i64) -> String {
    format!("{} {}", number(amount), if amount == 1 { "point" } else { "points" })
}

fn expiring(days: &[LastDay]) -> String {
    let (points, verb) = (points(sum(days)), if sum(days) == 1 { "expires" } else { "expire" });
    match days {
        [last] => format!("{points} {verb} after {}", last.day.format("%B %-d")),
        _ => format!("{points} {verb} soon"),
    }
}

fn list(days: &[LastDay]) -> String {
    let line = |last: &LastDay| {
        format!(
            "- {}: good until the end of {}",
            points(last.amount),
            last.day.format("%B %-d, %Y")
        )
    };
    let lines: Vec<_> = days.iter().map(line).collect();
    format!("Some of your points are about to expire.\n\n{}", lines.join("\n"))
}
