//! Mailers that are broken on purpose.

use std::sync::Arc;

use async_trait::async_trait;
use castad_contract::{Arrived, Mails};
use castad_domain::{
    model::{Email, Letter},
    port::{MailError, MailErrorKind, Mailer},
};
use castad_memory::MemoryMail;

use crate::holds;

#[derive(Clone, Copy, PartialEq, Eq)]
enum MailFault {
    None,
    /// What was lost counts as never sent.
    Guesses,
    /// Who refuses is asked again and again.
    NeverGivesUp,
    /// Each letter has the number in which it came.
    CountsLetters,
    /// Who is away once has refused.
    LosesHeart,
}

struct Broken(MemoryMail, MailFault);

#[async_trait]
impl Mailer for Broken {
    fn sends(&self) -> bool {
        self.0.sends()
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let sent = self.0.send(letter).await;
        sent.map_err(|error| match (error.kind(), self.1) {
            (MailErrorKind::Unknown, MailFault::Guesses)
            | (MailErrorKind::Refused, MailFault::NeverGivesUp) => {
                MailErrorKind::Unavailable.into()
            }
            (MailErrorKind::Unavailable, MailFault::LosesHeart) => MailErrorKind::Refused.into(),
            _ => error,
        })
    }
}

fn mails(fault: MailFault) -> Mails {
    let (mail, away) = (MemoryMail::new(), MemoryMail::new());
    for (to, why) in [
        (Mails::REFUSED, MailErrorKind::Refused),
        (Mails::BUSY, MailErrorKind::Unavailable),
        (Mails::LOST, MailErrorKind::Unknown),
    ] {
        mail.fails(&Email::parse(to).expect("it is an address"), why);
    }
    away.is_away(true);
    let box_of = mail.clone();
    let arrived = move || {
        let letters = box_of.letters().into_iter().enumerate();
        letters.map(|(place, letter)| arrived(fault, place, &letter)).collect()
    };
    Mails {
        mailer: Arc::new(Broken(mail, fault)),
        away: Arc::new(Broken(away, fault)),
        arrived: Box::new(move || {
            let arrived = arrived();
            Box::pin(async { arrived })
        }),
        keep: None,
    }
}

fn arrived(fault: MailFault, place: usize, letter: &Letter) -> Arrived {
    let counted = fault == MailFault::CountsLetters;
    let id = if counted { place.to_string() } else { letter.id.to_string() };
    let (to, wording) = (letter.to.as_str().to_owned(), letter.wording());
    Arrived { id, to, subject: wording.subject, text: wording.text }
}

macro_rules! catches {
    ($($name:ident: $fault:ident by $case:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let run = |fault| async move { castad_contract::mail::$case(&mails(fault)).await };
            assert!(holds(run(MailFault::None)).await, "without the fault it holds");
            assert!(!holds(run(MailFault::$fault)).await, "the fault is caught");
        }
    )+};
}

catches! {
    a_lost_answer_that_counts_as_never_sent: Guesses by an_answer_that_was_lost_says_nothing;
    a_refusal_that_is_tried_again: NeverGivesUp by who_refuses_gets_nothing;
    a_letter_that_is_known_by_nothing: CountsLetters by a_letter_is_known_by_its_id;
    a_server_that_is_away_and_given_up: LosesHeart by who_is_away_gets_nothing;
    a_server_that_is_busy_and_given_up: LosesHeart by who_is_busy_gets_nothing_yet;
}
