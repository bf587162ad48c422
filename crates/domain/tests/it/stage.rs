//! A studio in memory with a member and a project, whose ports refuse calls out of open units.

use bytes::Bytes;
use castad_contract::{airtight, make};
use castad_domain::{
    model::{EventKind, EventSeq, MemberId, Production, ProjectId, ProjectStatus},
    port::{EventLog, Ports, WorkQueue},
    usecase::{AddImages, OpenProject, Produce, StageOrder},
};
use castad_memory::Memory;

pub(crate) struct Studio {
    pub(crate) memory: Memory,
    pub(crate) ports: Ports,
    pub(crate) member: MemberId,
    pub(crate) project: ProjectId,
}

impl Studio {
    /// With a draft that has no pictures.
    pub(crate) async fn bare() -> Self {
        let memory = Memory::new();
        let ports = airtight(memory.ports());
        let member = memory.member("다온카페").await.unwrap();
        let opened = OpenProject::new(&ports).run(member, make::brief(), None).await.unwrap();
        let project = opened.project().id();
        Self { memory, ports, member, project }
    }

    /// With a draft that has two pictures.
    pub(crate) async fn fresh() -> Self {
        let studio = Self::bare().await;
        studio.add_pictures(2).await;
        studio
    }

    pub(crate) async fn add_pictures(&self, count: usize) -> Production {
        let adding = AddImages::new(&self.ports);
        let mut images = Vec::new();
        for index in 0..count {
            images.push(adding.take(index, picture()).await.unwrap());
        }
        adding.run(self.member, self.project, images, None).await.unwrap().0
    }

    pub(crate) fn order(&self) -> StageOrder {
        let (member, project) = (self.member, self.project);
        StageOrder { member, project, orientation: None, cancel_at: None }
    }

    pub(crate) async fn produce(&self) {
        Produce::new(&self.ports).run(self.order(), None).await.unwrap();
    }

    pub(crate) async fn work(&self) {
        Box::pin(self.memory.work_with(&self.ports)).await.unwrap();
    }

    pub(crate) async fn production(&self) -> Production {
        self.memory.production(self.project).await.unwrap()
    }

    pub(crate) async fn status(&self) -> ProjectStatus {
        self.production().await.project().status()
    }

    pub(crate) async fn log(&self) -> Vec<EventKind> {
        let events = self.memory.store().events(self.member, None, EventSeq(0), 1_000).await;
        events.unwrap().iter().map(|event| event.kind).collect()
    }

    pub(crate) async fn told(&self, kind: EventKind) -> usize {
        self.log().await.into_iter().filter(|told| *told == kind).count()
    }

    /// Nothing is left to do.
    pub(crate) async fn is_idle(&self) -> bool {
        self.memory.queue().next_due().await.unwrap().is_none()
    }
}

pub(crate) fn picture() -> Bytes {
    Bytes::from_static(&[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4, 5, 6, 7, 8])
}
