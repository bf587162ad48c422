//! Letters to members: who is told what, and that each is sent once at most.

use std::sync::Arc;

use castad_contract::make;
use castad_domain::{
    model::{
        Account, Claim, Credentials, Credit, Email, JobState, Language, LotKind, MemberId, Notify,
        PasswordHash, Profile, ProfileChange, ProjectId, Task, Tidings,
    },
    port::{Calendar, JobPage, MailErrorKind, NoMail, Ports, ProviderErrorKind, Store, WorkQueue},
    usecase::{
        Accumulate, AddImages, Cancel, LetterEnd, OpenProject, Produce, RunTask, StageOrder,
        StepEnd, StepError, WarnOfExpiry,
    },
};
use castad_memory::{Answer, Memory};
use chrono::{FixedOffset, TimeDelta};

use crate::stage::picture;

/// A member with an address who wants to be told of everything.
async fn told_member(memory: &Memory, address: &str) -> MemberId {
    let member = memory.member(&format!("다온 {}", address.len())).await.unwrap();
    let mut unit = memory.store().begin().await.unwrap();
    let Account { profile, .. } = unit.access().account(member).await.unwrap().unwrap();
    let (email, password) = (email(address), PasswordHash::new("hash"));
    let credentials = Some(Credentials { email, password });
    let notify = Notify { finished: true, failed: true, expiring: true };
    let profile = Profile { credentials, notify, version: 1, ..profile };
    unit.access().insert_profile(&profile).await.unwrap();
    unit.commit().await.unwrap();
    member
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

async fn change(memory: &Memory, member: MemberId, change: ProfileChange) {
    let mut unit = memory.store().begin().await.unwrap();
    let Account { profile, .. } = unit.access().account(member).await.unwrap().unwrap();
    let changed = profile.changed(&change, make::time(1));
    unit.access().update_profile(&changed).await.unwrap();
    unit.commit().await.unwrap();
}

/// Asks for a video.
async fn produce(ports: &Ports, member: MemberId) -> ProjectId {
    let opened = OpenProject::new(ports).run(member, make::brief(), None).await.unwrap();
    let project = opened.project().id();
    let adding = AddImages::new(ports);
    let image = adding.take(0, picture()).await.unwrap();
    adding.run(member, project, vec![image], None).await.unwrap();
    let order = StageOrder { member, project, orientation: None, cancel_at: None };
    Produce::new(ports).run(order, None).await.unwrap();
    project
}

/// Takes steps until the next would be a letter's; `true` if there is one.
async fn until_a_letter(memory: &Memory, ports: &Ports) -> bool {
    let steps = RunTask::new(ports);
    loop {
        if letters_waiting(ports).await > 0 {
            return true;
        }
        if memory.take_step(ports, &steps).await.unwrap().is_none() {
            return false;
        }
    }
}

async fn letters_waiting(ports: &Ports) -> usize {
    let page = JobPage { limit: 100, after: None };
    let jobs = ports.oversight.jobs(JobState::Waiting, page).await.unwrap();
    jobs.iter().filter(|job| matches!(job.work.task, Task::SendLetter(_))).count()
}

/// The job of a letter that is due, once every other that is due is done.
async fn letter_in_hand(memory: &Memory, ports: &Ports) -> Claim {
    loop {
        let now = ports.clock.now();
        let claim = memory.queue().claim(now, now + TimeDelta::seconds(30)).await.unwrap();
        let claim = claim.expect("a letter is due");
        if matches!(claim.work.task, Task::SendLetter(_)) {
            return claim;
        }
        RunTask::new(ports).run(&claim).await.unwrap();
    }
}

async fn send(memory: &Memory, ports: &Ports) -> Result<StepEnd, StepError> {
    let claim = letter_in_hand(memory, ports).await;
    RunTask::new(ports).run(&claim).await
}

fn posted(end: Result<StepEnd, StepError>) -> LetterEnd {
    match end {
        Ok(StepEnd::Posted(end)) => end,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_wants_to_be_told_of_a_video_gets_one_letter() {
    let memory = Memory::new();
    let console = Some("https://castad.example".to_owned());
    let ports = castad_contract::airtight(Ports { console, ..memory.ports() });
    let member = told_member(&memory, "daon@example.com").await;
    let project = produce(&ports, member).await;
    memory.work_with(&ports).await.unwrap();

    let letters = memory.mail().letters();
    assert_eq!(letters.len(), 1);
    assert_eq!(
        (letters[0].to.as_str(), letters[0].language),
        ("daon@example.com", Language::Korean)
    );
    let business = make::brief().business_name;
    assert_eq!(letters[0].tidings, Tidings::Finished { business });
    let link = format!("https://castad.example/#/projects/{project}");
    assert_eq!(letters[0].link, Some(link));
}

#[tokio::test]
async fn who_has_no_address_or_wants_none_gets_none() {
    let memory = Memory::new();
    let ports = memory.ports();
    let nameless = memory.member("이름만").await.unwrap();
    let silent = told_member(&memory, "daon@example.com").await;
    let off = ProfileChange { finished: Some(false), ..ProfileChange::default() };
    change(&memory, silent, off).await;
    for member in [nameless, silent] {
        produce(&ports, member).await;
        assert!(!until_a_letter(&memory, &ports).await);
    }
    assert_eq!(memory.mail().letters(), []);
}

#[tokio::test]
async fn where_no_mail_is_sent_no_letter_waits_and_no_points_are_noted() {
    let memory = Memory::new();
    let ports = Ports { mail: Arc::new(NoMail), ..memory.ports() };
    let member = told_member(&memory, "daon@example.com").await;
    produce(&ports, member).await;
    assert!(!until_a_letter(&memory, &ports).await);
    give(&ports, member, 100, 3).await;
    assert_eq!(WarnOfExpiry::new(&ports).run().await.unwrap(), 0);
    assert_eq!(WarnOfExpiry::new(&memory.ports()).run().await.unwrap(), 1);
}

#[tokio::test]
async fn a_stage_that_failed_is_told_with_the_reason_and_a_canceled_one_is_not() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    memory.renderer().answer(Answer::Error(ProviderErrorKind::Refused), 1);
    produce(&ports, member).await;
    memory.work_with(&ports).await.unwrap();
    let letters = memory.mail().letters();
    let told: Vec<_> = letters.iter().map(|letter| letter.tidings.kind().name()).collect();
    assert_eq!(told, ["failed"]);

    let project = produce(&ports, member).await;
    Cancel::new(&ports).run(member, project, None).await.unwrap();
    memory.work_with(&ports).await.unwrap();
    assert_eq!(memory.mail().letters().len(), 1);
}

#[tokio::test]
async fn the_moment_of_sending_decides_who_gets_it_and_in_which_language() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    let english = ProfileChange { language: Some(Language::English), ..ProfileChange::default() };
    change(&memory, member, english).await;
    assert_eq!(posted(send(&memory, &ports).await), LetterEnd::Sent);
    assert_eq!(memory.mail().letters()[0].language, Language::English);

    produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    change(&memory, member, ProfileChange { finished: Some(false), ..ProfileChange::default() })
        .await;
    assert_eq!(posted(send(&memory, &ports).await), LetterEnd::Unwanted);
    assert_eq!(memory.mail().letters().len(), 1);
    assert_eq!(Notify::default(), Notify { finished: false, failed: false, expiring: false });
}

#[tokio::test]
async fn what_was_made_anew_since_is_not_told_of() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    memory.renderer().answer(Answer::Error(ProviderErrorKind::Refused), 1);
    let project = produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    let order = StageOrder { member, project, orientation: None, cancel_at: None };
    Produce::new(&ports).run(order, None).await.unwrap();
    memory.work_with(&ports).await.unwrap();
    let letters = memory.mail().letters();
    let told: Vec<_> = letters.iter().map(|letter| letter.tidings.kind().name()).collect();
    assert_eq!(told, ["finished"]);
}

#[tokio::test]
async fn a_letter_of_which_nobody_knows_is_not_sent_again() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    memory.mail().fails(&email("daon@example.com"), MailErrorKind::Unknown);
    produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    assert_eq!(posted(send(&memory, &ports).await), LetterEnd::Unknown);
    memory.work_with(&ports).await.unwrap();
    assert_eq!(memory.mail().letters().len(), 1);
}

#[tokio::test]
async fn who_died_with_a_letter_in_hand_leaves_nobody_to_send_it_again() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    let claim = letter_in_hand(&memory, &ports).await;
    // What a step notes before it hands the letter over; then its process is gone.
    memory.queue().sketch(&claim, "begun").await.unwrap();
    memory.clock().set(ports.clock.now() + TimeDelta::seconds(31));
    assert_eq!(posted(send(&memory, &ports).await), LetterEnd::Unknown);
    assert_eq!(memory.mail().letters(), []);
    assert_eq!(letters_waiting(&ports).await, 0);
}

#[tokio::test]
async fn a_refused_letter_is_over_and_one_that_was_not_taken_is_tried_again() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    memory.mail().fails(&email("daon@example.com"), MailErrorKind::Refused);
    produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    assert_eq!(posted(send(&memory, &ports).await), LetterEnd::Refused);

    memory.mail().fails(&email("daon@example.com"), MailErrorKind::Unavailable);
    produce(&ports, member).await;
    assert!(until_a_letter(&memory, &ports).await);
    let (steps, mut tries) = (RunTask::new(&ports), 0);
    while letters_waiting(&ports).await > 0 && tries < 2 {
        memory.take_step(&ports, &steps).await.unwrap();
        tries += 1;
    }
    memory.mail().takes(&email("daon@example.com"));
    memory.work_with(&ports).await.unwrap();
    assert_eq!((tries, memory.mail().letters().len()), (2, 1));
}

#[tokio::test]
async fn a_letter_that_nobody_ever_takes_is_set_aside_and_its_production_stands() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    memory.mail().is_away(true);
    let project = produce(&ports, member).await;
    memory.work_with(&ports).await.unwrap();
    let production = memory.production(project).await.unwrap();
    assert_eq!(production.project().status(), castad_domain::model::ProjectStatus::Finished);
    let counts = memory.queue().counts().await.unwrap();
    assert_eq!((counts.waiting, counts.running, counts.dead), (0, 0, 1));
}

async fn give(ports: &Ports, member: MemberId, amount: i64, days: i64) {
    let lifetime = Some(TimeDelta::days(days));
    let credit = Credit { kind: LotKind::Bonus, amount, lifetime, source: None };
    Accumulate::new(ports).run(member, member, credit, None).await.unwrap();
}

#[tokio::test]
async fn points_that_are_about_to_expire_are_told_once_by_the_days_on_which_they_are_good() {
    let memory = Memory::new();
    let korea = FixedOffset::east_opt(9 * 3_600).unwrap();
    let calendar: Arc<dyn Calendar> = Arc::new(korea);
    let ports = Ports { calendar: Arc::clone(&calendar), ..memory.ports() };
    let member = told_member(&memory, "daon@example.com").await;
    let nameless = memory.member("이름만").await.unwrap();
    for of in [member, nameless] {
        give(&ports, of, 100, 2).await;
        give(&ports, of, 20, 2).await;
        give(&ports, of, 7, 5).await;
        give(&ports, of, 1_000, 30).await;
    }
    let warn = WarnOfExpiry::new(&ports);
    assert_eq!(warn.run().await.unwrap(), 2);
    assert_eq!(warn.run().await.unwrap(), 0);
    memory.work_with(&ports).await.unwrap();

    let letters = memory.mail().letters();
    assert_eq!(letters.len(), 1);
    let now = ports.clock.now();
    let day = |days| calendar.day(now + TimeDelta::days(days) - TimeDelta::microseconds(1));
    let Tidings::Expiring(days) = &letters[0].tidings else { panic!("{letters:?}") };
    let told: Vec<_> = days.iter().map(|last| (last.amount, last.day)).collect();
    assert_eq!(told, [(120, day(2)), (7, day(5))]);

    // The next day nothing is new; what comes within reach is told alone.
    memory.clock().set(now + TimeDelta::days(23));
    assert_eq!(warn.run().await.unwrap(), 2);
    memory.work_with(&ports).await.unwrap();
    let letters = memory.mail().letters();
    assert_eq!(letters.len(), 2);
    let Tidings::Expiring(days) = &letters[1].tidings else { panic!("{letters:?}") };
    assert_eq!(days.iter().map(|last| last.amount).collect::<Vec<_>>(), [1_000]);
}

#[tokio::test]
async fn two_who_look_at_once_tell_of_points_once() {
    let memory = Memory::new();
    let ports = memory.ports();
    let member = told_member(&memory, "daon@example.com").await;
    give(&ports, member, 100, 2).await;
    let (one, two) = (WarnOfExpiry::new(&ports), WarnOfExpiry::new(&ports));
    let (first, second) = tokio::join!(one.run(), two.run());
    assert_eq!(first.unwrap() + second.unwrap(), 1);
    memory.work_with(&ports).await.unwrap();
    assert_eq!(memory.mail().letters().len(), 1);
}
