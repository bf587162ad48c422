//! [`Mailer`].

use std::{any::Any, sync::Arc};

use castad_domain::{
    model::{
        BusinessName, Email, FailureCode, JobId, Language, LastDay, Letter, PersonName, Stage,
        Tidings,
    },
    port::{MailErrorKind, Mailer},
};
use futures_util::future::BoxFuture;

use crate::make;

/// `mail_contract!(fresh)`, where `async fn fresh() -> Mails`.
#[macro_export]
macro_rules! mail_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { mail {
            a_letter_is_read_as_it_is_worded
            what_members_call_themselves_becomes_no_header
            a_letter_is_known_by_its_id
            who_refuses_gets_nothing
            who_is_busy_gets_nothing_yet
            an_answer_that_was_lost_says_nothing
            who_is_away_gets_nothing
            letters_that_fail_keep_no_other_back
        } $($fresh)+ }
    };
}

/// A letter that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// What it is known by.
    pub id: String,
    /// To whom.
    pub to: String,
    /// Its subject, as whoever gets it reads it.
    pub subject: String,
    /// Its text, as whoever gets it reads it.
    pub text: String,
}

/// A mailer, and what comes of its letters.
pub struct Mails {
    /// Who sends to a server that takes all letters but those to these: `refused@castad.example` is
    /// nobody's, `busy@castad.example` takes none now, and of one to `lost@castad.example` the answer is lost.
    pub mailer: Arc<dyn Mailer>,
    /// Who sends to a server that is away.
    pub away: Arc<dyn Mailer>,
    /// All letters that came.
    pub arrived: Box<dyn Fn() -> BoxFuture<'static, Vec<Arrived>> + Send + Sync>,
    /// What has to stay as long as the mailer does.
    pub keep: Option<Box<dyn Any + Send + Sync>>,
}

impl Mails {
    /// Whose letters are refused.
    pub const REFUSED: &str = "refused@castad.example";
    /// Whose letters are not taken now.
    pub const BUSY: &str = "busy@castad.example";
    /// Of whose letters the answer is lost.
    pub const LOST: &str = "lost@castad.example";

    /// How a letter that was not sent ended.
    async fn fate(&self, letter: &Letter) -> Option<MailErrorKind> {
        self.mailer.send(letter).await.err().map(|error| error.kind())
    }
}

fn letter(n: u64, to: &str, language: Language, tidings: Tidings) -> Letter {
    Letter {
        id: JobId::from_bits(make::bits(n)),
        to: Email::parse(to).expect("it is an address"),
        name: PersonName::parse("김다온").expect("a plain name is taken"),
        language,
        tidings,
        link: Some(format!("https://castad.example/#/projects/{}", "prj_1".repeat(20))),
    }
}

fn finished(business: &str) -> Tidings {
    Tidings::Finished { business: BusinessName::parse(business).expect("a plain name is taken") }
}

fn plain(n: u64, to: &str) -> Letter {
    letter(n, to, Language::Korean, finished("다온카페"))
}

fn read(arrived: &Arrived) -> (&str, &str, &str) {
    (&arrived.to, &arrived.subject, &arrived.text)
}

/// In every language, long and short, whatever is told.
pub async fn a_letter_is_read_as_it_is_worded(mails: &Mails) {
    let failed = |code| Tidings::Failed {
        business: BusinessName::parse(&"해운대 다온카페 ".repeat(8)).expect("it is long enough"),
        stage: Stage::Song,
        code,
        retryable: true,
    };
    let day = make::time(0).date_naive();
    let tidings = [
        finished("다온카페 & Co."),
        failed(FailureCode::ProviderUnavailable),
        Tidings::Expiring(vec![LastDay { amount: 1_200, day }, LastDay { amount: 1, day }]),
    ];
    assert!(mails.mailer.sends());
    for language in [Language::Korean, Language::English] {
        for tidings in tidings.clone() {
            let letter = letter(1, "Daon.Kim+ads@castad.example", language, tidings);
            mails.mailer.send(&letter).await.expect("it is taken");
            let arrived = (mails.arrived)().await.pop().expect("it came");
            let wording = letter.wording();
            let to = "Daon.Kim+ads@castad.example";
            assert_eq!(read(&arrived), (to, wording.subject.as_str(), wording.text.as_str()));
        }
    }
}

/// A name is a name, whatever a header looks like.
pub async fn what_members_call_themselves_becomes_no_header(mails: &Mails) {
    for name in ["Bcc: all@castad.example", "a, b; “c” (d)", "=?utf-8?q?x?=", ".", "이름 . 이름"]
    {
        let Ok(business) = BusinessName::parse(name) else { continue };
        let mut letter =
            letter(1, "daon@castad.example", Language::English, Tidings::Finished { business });
        if let Ok(name) = PersonName::parse(name) {
            letter.name = name;
        }
        let before = (mails.arrived)().await.len();
        mails.mailer.send(&letter).await.expect("it is taken");
        let arrived = (mails.arrived)().await;
        assert_eq!(arrived.len(), before + 1, "{name} goes to one");
        let wording = letter.wording();
        let to = "daon@castad.example";
        let last = arrived.last().expect("it came");
        assert_eq!(read(last), (to, wording.subject.as_str(), wording.text.as_str()));
    }
}

/// However often it is sent; another letter has another.
pub async fn a_letter_is_known_by_its_id(mails: &Mails) {
    for n in [1, 2, 1] {
        mails.mailer.send(&plain(n, "daon@castad.example")).await.expect("it is taken");
    }
    let ids: Vec<_> = (mails.arrived)().await.into_iter().map(|arrived| arrived.id).collect();
    assert_eq!(ids.len(), 3);
    assert!(!ids[0].is_empty());
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[1]);
}

/// For good.
pub async fn who_refuses_gets_nothing(mails: &Mails) {
    assert_eq!(mails.fate(&plain(1, Mails::REFUSED)).await, Some(MailErrorKind::Refused));
    assert_eq!((mails.arrived)().await, []);
}

/// It may be tried again.
pub async fn who_is_busy_gets_nothing_yet(mails: &Mails) {
    assert_eq!(mails.fate(&plain(1, Mails::BUSY)).await, Some(MailErrorKind::Unavailable));
    assert_eq!((mails.arrived)().await, []);
}

/// Here the letter came all the same.
pub async fn an_answer_that_was_lost_says_nothing(mails: &Mails) {
    assert_eq!(mails.fate(&plain(1, Mails::LOST)).await, Some(MailErrorKind::Unknown));
    assert_eq!((mails.arrived)().await.len(), 1);
}

/// And that is certain.
pub async fn who_is_away_gets_nothing(mails: &Mails) {
    for n in 1..4 {
        let failed = mails.away.send(&plain(n, "daon@castad.example")).await;
        let kind = failed.expect_err("nobody is there").kind();
        assert_eq!(kind, MailErrorKind::Unavailable);
    }
    assert_eq!((mails.arrived)().await, []);
}

/// One after the other, and beside each other.
pub async fn letters_that_fail_keep_no_other_back(mails: &Mails) {
    for (n, failing) in (1..).step_by(2).zip([Mails::REFUSED, Mails::BUSY, Mails::LOST]) {
        assert!(mails.fate(&plain(n, failing)).await.is_some());
        let (failing, good) = (plain(n, failing), plain(n + 1, "daon@castad.example"));
        let (failed, sent) = tokio::join!(mails.fate(&failing), mails.mailer.send(&good));
        assert!(failed.is_some());
        sent.expect("it is taken");
    }
    let arrived = (mails.arrived)().await;
    assert_eq!(arrived.iter().filter(|one| one.to == "daon@castad.example").count(), 3);
}
