//! What admins decide on purchases of which nobody knows whether they were made.

use castad_domain::{
    model::{
        AttemptToken, Credit, Event, EventKind, EventSeq, FailureCode, LotKind, Making, MemberId,
        Prices, Production, ProjectId, ProjectStatus, ProviderName, Purchase, Recording, SongId,
        Stage, Verdict,
    },
    port::Ports,
    usecase::{
        Accumulate, BooksError, Cancel, DecidePurchase, DecideRefusal, EditLyric, OpenProject,
        RequestStage, StageOrder, TakeCallback,
    },
};
use castad_memory::{Answer, Memory};
use futures_util::future::join;

use crate::{Database, airtight, make, mingled};

/// `decisions_contract!(fresh)`, where `async fn fresh() -> Database`.
#[macro_export]
macro_rules! decisions_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { decisions audited {
            a_purchase_that_is_adopted_is_made_and_paid_once
            a_job_that_the_provider_does_not_know_is_not_adopted
            a_purchase_that_is_given_up_gives_its_price_back_once
            what_is_bought_again_is_a_new_attempt_at_the_same_price
            a_purchase_is_decided_on_once
            of_two_who_decide_at_once_one_does
            what_is_known_is_not_decided_on
        } $($fresh)+ }
    };
}

/// What is spent on a song.
const PRICE: i64 = 500;
const POINTS: i64 = 2_000;

struct Lost<'a> {
    db: &'a Database,
    rest: Memory,
    ports: Ports,
    owner: MemberId,
    admin: MemberId,
    project: ProjectId,
    purchase: Purchase,
    attempt: AttemptToken,
}

impl<'a> Lost<'a> {
    /// A song whose composer took the order and whose answer was lost, until nobody waits for it.
    async fn song(db: &'a Database) -> Self {
        let rest = Memory::new();
        rest.composer().answer(Answer::Lost, 1);
        rest.composer().forget_attempts();
        let ports = airtight(Ports { prices: Prices::default(), ..db.ports(&rest) });
        let (owner, admin) = (db.member(1).await, db.member(2).await);
        let credit = Credit { kind: LotKind::Bonus, amount: POINTS, lifetime: None, source: None };
        let given = Accumulate::new(&ports).run(admin, owner, credit, None).await;
        given.expect("points come");
        let opened = OpenProject::new(&ports).run(owner, make::brief(), None).await;
        let project = opened.expect("a project is opened").project().id();
        let written = EditLyric::new(&ports).run(owner, project, make::words(), None).await;
        written.expect("the words are taken");
        let order = StageOrder { member: owner, project, orientation: None, cancel_at: None };
        let asked = RequestStage::new(&ports).run(Stage::Song, order, None).await;
        let asked = asked.expect("a song is asked for");
        rest.work_with(&ports).await.expect("steps are taken");

        let purchase = asked.production.purchase(Stage::Song).expect("a song was asked for");
        let found = db.find(project).await.expect("it is there");
        let attempt = found.attempt(Stage::Song).expect("it was bought");
        let lost = Self { db, rest, ports, owner, admin, project, purchase, attempt };
        assert_eq!(lost.making().await.name(), "unresolved");
        assert_eq!(lost.points().await, POINTS - PRICE);
        lost
    }

    async fn decide(&self, verdict: &Verdict) -> Result<Production, BooksError<DecideRefusal>> {
        let deciding = DecidePurchase::new(&self.ports);
        deciding.run(self.admin, self.purchase, verdict, None).await
    }

    async fn production(&self) -> Production {
        self.db.find(self.project).await.expect("it is there")
    }

    async fn making(&self) -> Making<Recording> {
        self.production().await.song().expect("a song was asked for").making.clone()
    }

    async fn work(&self) {
        self.rest.work_with(&self.ports).await.expect("steps are taken");
    }

    async fn points(&self) -> i64 {
        let now = self.ports.clock.now();
        let balance = self.ports.points.balance(self.owner, now, now).await;
        balance.expect("the database answers").available
    }

    async fn told(&self, kind: EventKind) -> Vec<Event> {
        let log = self.db.events.events(self.owner, Some(self.project), EventSeq(0), 1_000).await;
        log.expect("the log answers").into_iter().filter(|event| event.kind == kind).collect()
    }

    /// What the owner was told of decisions.
    async fn decisions(&self) -> Vec<String> {
        let told = self.told(EventKind::SongDecided).await;
        told.iter().map(|event| format!("{:?}", event.data["decision"])).collect()
    }
}

fn refusal<T>(end: Result<T, BooksError<DecideRefusal>>) -> Option<String> {
    match end {
        Err(BooksError::Refused(refused)) => Some(refused.to_string()),
        Ok(_) | Err(_) => None,
    }
}

/// The composer's job becomes the song's, and nothing more is bought or paid.
pub async fn a_purchase_that_is_adopted_is_made_and_paid_once(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    let job = lost.rest.composer().jobs()[0].clone();
    let verdict = Verdict::adopt(job.as_str()).expect("it is a plain name");
    let decided = lost.decide(&verdict).await.expect("it is decided");
    assert_eq!(decided.provider_job(Stage::Song), Some(&job));
    assert_eq!(decided.attempt(Stage::Song), Some(lost.attempt));
    lost.work().await;
    assert!(lost.making().await.product().is_some());
    assert_eq!((lost.rest.composer().starts(), lost.points().await), (1, POINTS - PRICE));
    assert_eq!(lost.decisions().await, ["Text(\"adopt\")"]);
}

/// What the provider does not know of fails at the first look, and costs nothing.
pub async fn a_job_that_the_provider_does_not_know_is_not_adopted(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    let verdict = Verdict::adopt("nobody_knows-1").expect("it is a plain name");
    lost.decide(&verdict).await.expect("it is decided");
    lost.work().await;
    assert_eq!(lost.making().await.name(), "failed");
    assert_eq!((lost.rest.composer().starts(), lost.points().await), (1, POINTS));
}

/// The stage fails as one that was not resolved, and its owner may ask for it again.
pub async fn a_purchase_that_is_given_up_gives_its_price_back_once(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    let decided = lost.decide(&Verdict::GiveUp).await.expect("it is decided");
    let failure = decided.failure().expect("it failed");
    assert_eq!((failure.code, failure.retryable), (FailureCode::Unresolved, true));
    assert_eq!(failure.provider.as_ref().map(ProviderName::as_str), Some("scripted"));
    assert_eq!(decided.project().status(), ProjectStatus::Failed);
    assert_eq!(lost.decisions().await, ["Text(\"give_up\")"]);
    assert_eq!(lost.points().await, POINTS);
    assert!(lost.decide(&Verdict::GiveUp).await.is_err());
    lost.work().await;
    assert_eq!((lost.points().await, lost.rest.composer().starts()), (POINTS, 1));
}

/// The provider is asked once more, under another name; who asks for the old one finds nothing.
pub async fn what_is_bought_again_is_a_new_attempt_at_the_same_price(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    let decided = lost.decide(&Verdict::BuyAgain).await.expect("it is decided");
    assert_eq!(decided.attempt(Stage::Song), None, "the step that buys takes a fresh one");
    let job = lost.rest.composer().jobs()[0].clone();
    let callback = TakeCallback::new(&lost.ports).run(Stage::Song, lost.attempt, Some(job)).await;
    assert!(!callback.expect("it is looked for"), "nobody waits for the old attempt");
    lost.work().await;
    assert!(lost.making().await.product().is_some());
    let composer = lost.rest.composer();
    assert_eq!((composer.starts(), composer.starts_of(lost.attempt)), (2, 1));
    assert_eq!(lost.points().await, POINTS - PRICE);
    assert_eq!(lost.decisions().await, ["Text(\"buy_again\")"]);
    assert_eq!(lost.told(EventKind::SongReady).await.len(), 1);
}

/// What was decided stays decided, also while it is carried out and when it is over.
pub async fn a_purchase_is_decided_on_once(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    lost.decide(&Verdict::BuyAgain).await.expect("it is decided");
    let again = refusal(lost.decide(&Verdict::GiveUp).await);
    assert_eq!(again.as_deref(), Some("a song that is requested cannot be decided on"));
    lost.work().await;
    let late = refusal(lost.decide(&Verdict::BuyAgain).await);
    assert_eq!(late.as_deref(), Some("a song that is ready cannot be decided on"));
    let nobody = Purchase::Song(SongId::from_bits(lost.project.to_bits()));
    let deciding = DecidePurchase::new(&lost.ports);
    let none = deciding.run(lost.admin, nobody, &Verdict::GiveUp, None).await;
    assert_eq!(refusal(none).as_deref(), Some("there is no such song or video"));
    assert_eq!(lost.decisions().await.len(), 1);
}

/// Of two verdicts one counts: nothing is given back and bought as well.
pub async fn of_two_who_decide_at_once_one_does(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    let ports = Ports { store: mingled(db.store.clone()), ..lost.ports.clone() };
    let deciding = DecidePurchase::new(&ports);
    let decide = async |verdict| deciding.run(lost.admin, lost.purchase, &verdict, None).await;
    let (up, again) = join(decide(Verdict::GiveUp), decide(Verdict::BuyAgain)).await;
    assert!(up.is_ok() != again.is_ok(), "{up:?} {again:?}");
    lost.work().await;
    let bought = again.is_ok();
    assert_eq!(lost.making().await.product().is_some(), bought);
    assert_eq!(lost.points().await, if bought { POINTS - PRICE } else { POINTS });
    assert_eq!(lost.decisions().await.len(), 1);
}

/// A song that its owner has stopped, or that is being made, is nobody else's to decide on.
pub async fn what_is_known_is_not_decided_on(db: &Database) {
    let lost = Box::pin(Lost::song(db)).await;
    let stopped = Cancel::new(&lost.ports).run(lost.owner, lost.project, None).await;
    stopped.expect("it is stopped");
    assert_eq!(lost.points().await, POINTS);
    let verdict = Verdict::adopt("scripted-1").expect("it is a plain name");
    for verdict in [Verdict::GiveUp, Verdict::BuyAgain, verdict] {
        let refused = refusal(lost.decide(&verdict).await);
        assert_eq!(refused.as_deref(), Some("a song that is canceled cannot be decided on"));
    }
    lost.work().await;
    assert_eq!((lost.points().await, lost.rest.composer().starts()), (POINTS, 1));
}
