use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use castad_chatgpt::{ChatGpt, Settings, Shape};
use castad_contract::make;
use castad_domain::{
    model::{LyricId, LyricText, ProviderName},
    port::{Draft, LyricOrder, LyricWriter, ProviderError},
};
use castad_http_client::{HttpClient, Limits, Secret};
use castad_memory::ManualClock;
use castad_stand_ins::{StandIns, openai};

/// A writer, and the stand-in that it asks.
pub(crate) struct Desk {
    pub(crate) writer: ChatGpt,
    pub(crate) stand_ins: StandIns,
}

impl Desk {
    pub(crate) async fn open(shape: Shape) -> Self {
        Self::open_with(shape, |settings| settings, Limits::default()).await
    }

    pub(crate) async fn open_with(
        shape: Shape,
        change: impl FnOnce(Settings) -> Settings,
        limits: Limits,
    ) -> Self {
        let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        let settings = Settings {
            base: stand_ins.openai_url(),
            key: Secret::new(openai::KEY),
            model: "gpt-5.4-mini".to_owned(),
            shape,
        };
        Self { writer: ChatGpt::new(change(settings), http(limits)), stand_ins }
    }

    /// Writes for a brief in Korean.
    pub(crate) async fn ask(&self) -> Result<LyricText, ProviderError> {
        self.writer.write(&order(), Arc::new(())).await
    }

    pub(crate) fn asked(&self) -> usize {
        self.stand_ins.openai.requests().len()
    }
}

/// The suite of the port holds writer and stand-in together.
#[async_trait]
impl LyricWriter for Desk {
    fn name(&self) -> ProviderName {
        self.writer.name()
    }

    async fn write(
        &self,
        order: &LyricOrder,
        draft: Arc<dyn Draft>,
    ) -> Result<LyricText, ProviderError> {
        self.writer.write(order, draft).await
    }
}

pub(crate) fn http(limits: Limits) -> HttpClient {
    let clock = Arc::new(ManualClock::default());
    HttpClient::new(ProviderName::new(ChatGpt::NAME), limits, clock).unwrap()
}

pub(crate) fn order() -> LyricOrder {
    LyricOrder { lyric: LyricId::from_bits(make::bits(1)), brief: make::brief() }
}

/// A client that gives up soon.
pub(crate) fn impatient() -> Limits {
    Limits { total: Duration::from_secs(2), ..Limits::default() }
}
