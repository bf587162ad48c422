//! Particles follow nouns that are written here, never a name, so that each is right whatever the name ends with.

use chrono::{Datelike, NaiveDate};

use super::{LastDay, Letter, Tidings, number, sum};
use crate::model::{FailureCode, Stage};

/// The subject, and the paragraphs.
pub(super) fn letter(letter: &Letter) -> (String, Vec<String>) {
    let (subject, told) = match &letter.tidings {
        Tidings::Finished { business } => {
            let subject = format!("{business} 광고 영상이 완성되었습니다");
            (subject, vec![format!("‘{business}’ 광고 영상이 완성되었습니다.")])
        }
        Tidings::Failed { business, stage, code, retryable } => {
            let made = made(*stage);
            let subject = format!("{business} 광고의 {made} 만들지 못했습니다");
            let mut told =
                vec![format!("‘{business}’ 광고의 {made} 만들지 못했습니다. {}", why(*code))];
            if *retryable {
                told.push("같은 화면에서 다시 시도하실 수 있습니다.".to_owned());
            }
            (subject, told)
        }
        Tidings::Expiring(days) => (expiring(days), vec![list(days)]),
    };
    let mut paragraphs = vec![format!("{}님, 안녕하세요.", letter.name.as_str())];
    paragraphs.extend(told);
    paragraphs.extend(letter.link.as_ref().map(|link| format!("바로 가기: {link}")));
    let end = "이 메일은 계정의 알림 설정에 따라 보내 드립니다. 더 받지 않으시려면 내 계정 화면에서 알림을 꺼 주세요.";
    paragraphs.push(end.to_owned());
    (subject, paragraphs)
}

fn made(stage: Stage) -> &'static str {
    match stage {
        Stage::Lyric => "가사를",
        Stage::Song => "노래를",
        Stage::Video => "영상을",
    }
}

fn why(code: FailureCode) -> &'static str {
    match code {
        FailureCode::ProviderRefused => "만드는 곳에서 이 주문을 받지 않았습니다.",
        FailureCode::ProviderUnavailable => {
            "만드는 곳에 여러 번 연결해 보았지만 응답이 없었습니다."
        }
        FailureCode::ProviderFailed => "만드는 도중에 문제가 생겼습니다.",
        FailureCode::LyricUnusable => "쓸 수 있는 가사가 나오지 않았습니다.",
        FailureCode::ResultUnusable => "쓸 수 있는 결과물이 나오지 않았습니다.",
        FailureCode::MediaMissing => "필요한 파일을 찾을 수 없었습니다.",
        FailureCode::StorageFailed => "결과물을 저장하지 못했습니다.",
        FailureCode::Unresolved => "주문이 접수되었는지 확인할 수 없어 중단했습니다.",
        FailureCode::InsufficientPoints => "포인트가 부족했습니다.",
        FailureCode::Internal => "저희 쪽에 문제가 있었습니다.",
    }
}

fn expiring(days: &[LastDay]) -> String {
    let points = number(sum(days));
    match days {
        [last] => format!("{points}포인트를 {}까지 쓰실 수 있습니다", short(last.day)),
        _ => format!("{points}포인트의 사용 기한이 다가옵니다"),
    }
}

fn list(days: &[LastDay]) -> String {
    let line = |last: &LastDay| {
        let (day, points) = (last.day, number(last.amount));
        format!("- {}년 {}까지 {points}포인트", day.year(), short(day))
    };
    let lines: Vec<_> = days.iter().map(line).collect();
    format!("사용 기한이 다가오는 포인트가 있습니다.\n\n{}", lines.join("\n"))
}

fn short(day: NaiveDate) -> String {
    format!("{}월 {}일", day.month(), day.day())
}
