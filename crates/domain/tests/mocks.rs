//! The mocks that the feature `mock` gives embedders.

use std::sync::Arc;

use castad_contract::make;
use castad_domain::{
    model::{ProviderName, Stage},
    port::{MockLyricWriter, MockSongComposer, MockVideoRenderer},
    usecase::{OpenProject, RequestStage, StageOrder},
};
use castad_memory::Memory;

#[tokio::test]
async fn a_writer_is_asked_once_and_nobody_else_is() {
    let memory = Memory::new();
    let mut writer = MockLyricWriter::new();
    writer.expect_name().returning(|| ProviderName::new("mock"));
    writer
        .expect_write()
        .once()
        .withf(|order, _| order.brief == make::brief())
        .returning(|_, _| Ok(make::words()));
    let mut ports = memory.ports();
    ports.writer = Arc::new(writer);
    ports.composer = Arc::new(MockSongComposer::new());
    ports.renderer = Arc::new(MockVideoRenderer::new());

    let member = memory.member("owner").await.unwrap();
    let opened = OpenProject::new(&ports).run(member, make::brief(), None).await.unwrap();
    let project = opened.project().id();
    let order = StageOrder { member, project, orientation: None, cancel_at: None };
    RequestStage::new(&ports).run(Stage::Lyric, order, None).await.unwrap();
    memory.work_with(&ports).await.unwrap();
    let production = memory.production(project).await.unwrap();
    assert_eq!(production.lyric().unwrap().text(), Some(&make::words()));
}
