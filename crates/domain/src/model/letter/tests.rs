use super::*;

fn letter(language: Language, tidings: Tidings) -> Letter {
    Letter {
        id: JobId::from_bits(1),
        to: Email::parse("daon@example.com").unwrap(),
        name: PersonName::parse("김다온").unwrap(),
        language,
        tidings,
        link: Some("https://castad.example/#/projects/prj_1".to_owned()),
    }
}

fn business(name: &str) -> BusinessName {
    BusinessName::parse(name).unwrap()
}

fn last(amount: i64, day: &str) -> LastDay {
    LastDay { amount, day: day.parse().unwrap() }
}

#[test]
fn a_letter_greets_tells_leads_on_and_says_how_to_end_it() {
    let finished = Tidings::Finished { business: business("다온카페") };
    assert_eq!(
        letter(Language::Korean, finished.clone()).wording(),
        Wording {
            subject: "[Castad] 다온카페 광고 영상이 완성되었습니다".to_owned(),
            text: "김다온님, 안녕하세요.\n\n\
                   ‘다온카페’ 광고 영상이 완성되었습니다.\n\n\
                   바로 가기: https://castad.example/#/projects/prj_1\n\n\
                   이 메일은 계정의 알림 설정에 따라 보내 드립니다. 더 받지 않으시려면 내 계정 화면에서 알림을 꺼 주세요.\n"
                .to_owned(),
        }
    );
    assert_eq!(
        letter(Language::English, finished).wording(),
        Wording {
            subject: "[Castad] The ad video for 다온카페 is finished".to_owned(),
            text: "Hello 김다온,\n\n\
                   The ad video for “다온카페” is finished.\n\n\
                   See for yourself: https://castad.example/#/projects/prj_1\n\n\
                   You get this mail because your account asks for it. Switch it off on your account's page.\n"
                .to_owned(),
        }
    );
}

#[test]
fn a_name_may_end_with_any_sound_and_the_particles_are_right() {
    for name in ["다온카페", "가온", "서울", "Cafe 24", "A&B", "해돋이!"] {
        let finished = Tidings::Finished { business: business(name) };
        let subject = letter(Language::Korean, finished).wording().subject;
        assert_eq!(subject, format!("[Castad] {name} 광고 영상이 완성되었습니다"));
    }
    for (stage, made) in
        [(Stage::Lyric, "가사를"), (Stage::Song, "노래를"), (Stage::Video, "영상을")]
    {
        let code = FailureCode::ProviderFailed;
        let failed = Tidings::Failed { business: business("가온"), stage, code, retryable: true };
        let subject = letter(Language::Korean, failed).wording().subject;
        assert_eq!(subject, format!("[Castad] 가온 광고의 {made} 만들지 못했습니다"));
    }
}

#[test]
fn every_reason_has_words_of_its_own_in_both_languages() {
    for language in [Language::Korean, Language::English] {
        let mut told = std::collections::BTreeSet::new();
        for code in FailureCode::ALL {
            let (business, stage) = (business("다온카페"), Stage::Song);
            let failed = Tidings::Failed { business, stage, code, retryable: false };
            told.insert(letter(language, failed).wording().text);
        }
        assert_eq!(told.len(), FailureCode::ALL.len());
    }
}

#[test]
fn only_what_may_help_is_proposed() {
    let text = |retryable| {
        let (business, stage, code) =
            (business("다온카페"), Stage::Video, FailureCode::ProviderRefused);
        letter(Language::English, Tidings::Failed { business, stage, code, retryable })
            .wording()
            .text
    };
    assert!(text(true).contains("try again"));
    assert!(!text(false).contains("try again"));
}

#[test]
fn points_are_told_with_the_last_day_on_which_they_are_good() {
    let one = || Tidings::Expiring(vec![last(1_200, "2026-12-05")]);
    let two = || Tidings::Expiring(vec![last(1, "2026-12-31"), last(1_234_567, "2027-01-01")]);
    let korean = |tidings| letter(Language::Korean, tidings).wording();
    assert_eq!(korean(one()).subject, "[Castad] 1,200포인트를 12월 5일까지 쓰실 수 있습니다");
    assert_eq!(korean(two()).subject, "[Castad] 1,234,568포인트의 사용 기한이 다가옵니다");
    let text = korean(two()).text;
    assert!(
        text.contains("- 2026년 12월 31일까지 1포인트\n- 2027년 1월 1일까지 1,234,567포인트\n")
    );

    let english = |tidings| letter(Language::English, tidings).wording();
    assert_eq!(english(one()).subject, "[Castad] 1,200 points expire after December 5");
    assert_eq!(english(two()).subject, "[Castad] 1,234,568 points expire soon");
    let single = Tidings::Expiring(vec![last(1, "2026-12-31")]);
    assert_eq!(english(single).subject, "[Castad] 1 point expires after December 31");
    assert!(english(two()).text.contains("- 1 point: good until the end of December 31, 2026\n"));
}

#[test]
fn numbers_are_parted_in_threes() {
    for (amount, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
        assert_eq!(number(amount), text);
    }
}
