use std::{
    future::{Future, pending},
    mem::forget,
    sync::Arc,
    task::{Context, Waker},
};

use async_trait::async_trait;
use castad_contract::make;
use castad_domain::{
    model::{
        BriefChange, BusinessName, EventKind, MemberId, ProjectStatus, Refusal, Role, SecretHash,
    },
    port::{Ports, Store, StoreError, UnitOfWork},
    usecase::{
        ArchiveProject, ChangeProject, Guarded, IssueKey, OpenProject, OrderError, Produce,
        StageOrder,
    },
};

use chrono::TimeDelta;

use crate::stage::Studio;

#[tokio::test]
async fn a_draft_is_changed_and_what_is_left_out_stays() {
    let studio = Studio::bare().await;
    let name = BusinessName::parse("Blue Door").unwrap();
    let change = BriefChange { business_name: Some(name.clone()), ..BriefChange::default() };
    let changing = ChangeProject::new(&studio.ports);
    let changed = changing.run(studio.member, studio.project, change.clone(), None).await.unwrap();
    let expected = castad_domain::model::Brief { business_name: name, ..make::brief() };
    assert_eq!(*changed.project().brief(), expected);

    studio.add_pictures(1).await;
    studio.produce().await;
    let late = changing.run(studio.member, studio.project, change, None).await;
    assert!(matches!(late, Err(OrderError::Refused(Refusal::State(_)))));
}

#[tokio::test]
async fn somebody_elses_project_is_not_there() {
    let studio = Studio::fresh().await;
    let stranger = MemberId::from_bits(99);
    let order = StageOrder { member: stranger, ..studio.order() };
    let refused = Produce::new(&studio.ports).run(order, None).await;
    assert!(matches!(refused, Err(OrderError::NoProject)));
    let refused = ArchiveProject::new(&studio.ports).run(stranger, studio.project, None).await;
    assert!(matches!(refused, Err(OrderError::NoProject)));
    assert_eq!(studio.status().await, ProjectStatus::Draft);
}

#[tokio::test]
async fn what_is_archived_is_let_be() {
    let studio = Studio::fresh().await;
    ArchiveProject::new(&studio.ports).run(studio.member, studio.project, None).await.unwrap();
    let refused = Produce::new(&studio.ports).run(studio.order(), None).await;
    assert!(matches!(refused, Err(OrderError::Refused(Refusal::State(_)))));
    assert_eq!(studio.told(EventKind::ProjectArchived).await, 1);
}

/// A store that never answers.
struct Silent;

#[async_trait]
impl Store for Silent {
    async fn begin(&self) -> Result<Box<dyn UnitOfWork>, StoreError> {
        pending().await
    }
}

#[tokio::test]
async fn who_dies_while_it_is_decided_keeps_the_owner_waiting_for_seconds() {
    let studio = Studio::fresh().await;
    let ports = studio.ports.clone();
    let locks = Arc::clone(studio.memory.lock()) as _;
    let guarded = Guarded::new(locks, Arc::clone(&ports.clock), Arc::clone(&ports.ids));
    let produce = Produce::new(&Ports { store: Arc::new(Silent), guarded, ..ports });
    let order = studio.order();
    let mut dying = Box::pin(async move { produce.run(order, None).await.map(drop) });
    assert!(dying.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    // A process that is killed lets nothing go.
    forget(dying);
    let produce = Produce::new(&studio.ports);
    let busy = produce.run(studio.order(), None).await;
    assert!(matches!(busy, Err(OrderError::Busy(_))), "{busy:?}");
    studio.memory.clock().advance(TimeDelta::seconds(11));
    produce.run(studio.order(), None).await.unwrap();
}

#[tokio::test]
async fn two_orders_at_once_end_as_one_after_the_other() {
    let studio = Studio::fresh().await;
    let produce = Produce::new(&studio.ports);
    let (order, other) = (studio.order(), produce.clone());
    let (one, two) = tokio::join!(produce.run(order, None), other.run(order, None));
    let refused = |end: &Result<_, OrderError>| {
        matches!(end, Err(OrderError::Refused(Refusal::AlreadyProcessing("lyric"))))
    };
    assert!(one.is_ok() && refused(&two) || two.is_ok() && refused(&one));
    assert_eq!(studio.told(EventKind::LyricRequested).await, 1);
}

#[tokio::test]
async fn a_new_name_joins_with_its_first_key() {
    let studio = Studio::bare().await;
    let issue = IssueKey::new(&studio.ports);
    let first = issue.run("새 회원", Role::Member, SecretHash::new([1; 32])).await.unwrap();
    let second = issue.run("새 회원", Role::Admin, SecretHash::new([2; 32])).await.unwrap();
    assert!(first.joined && !second.joined);
    assert_eq!(first.member, second.member);
    assert!(issue.run("  ", Role::Member, SecretHash::new([3; 32])).await.is_err());
    let opened = OpenProject::new(&studio.ports).run(first.member.id, make::brief(), None).await;
    assert_eq!(opened.unwrap().project().member(), first.member.id);
}
