//! Letters to a mail server that is somebody else's: the port's suite, and every way in which it fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod python {
    use std::{net::TcpListener, sync::Arc};

    use castad_contract::{Mails, PostOffice, Proxy};
    use castad_domain::{
        model::{BusinessName, Email, JobId, Language, Letter, PersonName, Tidings},
        port::{Clock, MailError, MailErrorKind, Mailer, chain},
    };
    use castad_mail::Smtp;
    use castad_memory::ManualClock;
    use chrono::TimeDelta;

    fn smtp(url: &str, clock: &ManualClock) -> Smtp {
        let (server, from) = (url.parse().unwrap(), "Castad <ads@castad.example>".parse().unwrap());
        Smtp::new(server, from, Arc::new(clock.clone())).unwrap()
    }

    fn at(port: u16) -> Smtp {
        smtp(&format!("smtp://127.0.0.1:{port}"), &ManualClock::default())
    }

    /// Where nobody listens.
    fn nowhere() -> u16 {
        TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
    }

    #[expect(clippy::unused_async, reason = "what a suite begins with may wait")]
    async fn mails() -> Mails {
        let office = Arc::new(PostOffice::open(&[]));
        let open = Arc::clone(&office);
        Mails {
            mailer: Arc::new(at(office.port())),
            away: Arc::new(at(nowhere())),
            arrived: Box::new(move || {
                let arrived = open.arrived();
                Box::pin(async { arrived })
            }),
            keep: Some(Box::new(office)),
        }
    }

    castad_contract::mail_contract!(
        ignore = "needs Python: CASTAD_TEST_REQUIRE=python ./test tests",
        mails
    );

    fn letter(n: u128) -> Letter {
        Letter {
            id: JobId::from_bits(n),
            to: Email::parse("daon@castad.example").unwrap(),
            name: PersonName::parse("김다온").unwrap(),
            language: Language::Korean,
            tidings: Tidings::Finished { business: BusinessName::parse("다온카페").unwrap() },
            link: None,
        }
    }

    fn kind(sent: Result<(), MailError>) -> Option<MailErrorKind> {
        sent.err().map(|error| error.kind())
    }

    #[tokio::test]
    #[ignore = "needs Python: CASTAD_TEST_REQUIRE=python ./test tests"]
    async fn the_right_password_opens_the_server_and_no_other() {
        let office = PostOffice::open(&["--login", "castad:hunter2 & co"]);
        let clock = ManualClock::default();
        let url = |password| format!("smtp://castad:{password}@127.0.0.1:{}", office.port());
        let (right, wrong) =
            (smtp(&url("hunter2%20%26%20co"), &clock), smtp(&url("hunter3"), &clock));
        right.check().await.unwrap();
        right.send(&letter(1)).await.unwrap();
        let refused = wrong.send(&letter(2)).await.unwrap_err();
        assert_eq!(refused.kind(), MailErrorKind::Unavailable);
        let told = chain(&refused);
        assert!(told.contains("535"), "{told}");
        assert!(!told.contains("hunter"), "{told}");
        assert!(wrong.check().await.is_err());
        assert_eq!(office.arrived().len(), 1);
    }

    #[tokio::test]
    #[ignore = "needs Python: CASTAD_TEST_REQUIRE=python ./test tests"]
    async fn nothing_is_said_where_it_is_not_secret_or_nobody_vouches() {
        let clock = ManualClock::default();
        for (words, scheme, end) in [
            (&[][..], "smtp", "?tls=required"),
            (&["--tls", "starttls"], "smtp", "?tls=required"),
            (&["--tls", "starttls"], "smtp", "?tls=opportunistic"),
            (&["--tls", "wrapped"], "smtps", ""),
        ] {
            let office = PostOffice::open(words);
            let url = format!("{scheme}://127.0.0.1:{}{end}", office.port());
            let sent = smtp(&url, &clock).send(&letter(1)).await;
            assert_eq!(kind(sent), Some(MailErrorKind::Unavailable), "{words:?} {url}");
            assert_eq!(office.arrived(), []);
        }
    }

    #[tokio::test]
    #[ignore = "needs Python: CASTAD_TEST_REQUIRE=python ./test tests"]
    async fn a_server_that_was_away_is_left_alone_and_then_takes_letters_again() {
        let (port, clock) = (nowhere(), ManualClock::default());
        let smtp = smtp(&format!("smtp://127.0.0.1:{port}"), &clock);
        assert_eq!(kind(smtp.send(&letter(1)).await), Some(MailErrorKind::Unavailable));
        let office = PostOffice::open(&["--port", &port.to_string()]);
        assert_eq!(kind(smtp.send(&letter(1)).await), Some(MailErrorKind::Unavailable));
        assert_eq!(office.arrived(), []);
        clock.set(clock.now() + TimeDelta::seconds(31));
        smtp.send(&letter(1)).await.unwrap();
        assert_eq!(office.arrived().len(), 1);
    }

    #[tokio::test]
    #[ignore = "needs Python: CASTAD_TEST_REQUIRE=python ./test tests"]
    async fn a_connection_is_kept_for_the_next_letter_as_long_as_it_stands() {
        let office = PostOffice::open(&[]);
        let proxy = Proxy::to(format!("127.0.0.1:{}", office.port())).await;
        let clock = ManualClock::default();
        let smtp = smtp(&format!("smtp://{}", proxy.address()), &clock);
        for n in 1..=3 {
            smtp.send(&letter(n)).await.unwrap();
        }
        assert_eq!(proxy.opened(), 1);
        proxy.cut();
        smtp.send(&letter(4)).await.unwrap();
        assert_eq!(proxy.opened(), 2);
        clock.set(clock.now() + TimeDelta::seconds(31));
        smtp.send(&letter(5)).await.unwrap();
        assert_eq!(proxy.opened(), 3);
        assert_eq!(office.arrived().len(), 5);
    }
}
