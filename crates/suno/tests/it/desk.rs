use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use castad_contract::make;
use castad_domain::{
    model::{AttemptToken, ProviderJob, ProviderName, SongId},
    port::{
        Clock, Delivery, LookUp, Maker, MakerStatus, Pace, ProviderError, SongComposer, SongOrder,
    },
};
use castad_http_client::{Downloads, Hosts, HttpClient, Limits, Secret};
use castad_memory::ManualClock;
use castad_stand_ins::{StandIns, suno};
use castad_suno::{Settings, Suno};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;

/// A composer, and the stand-in that it asks.
pub(crate) struct Desk {
    pub(crate) suno: Suno,
    pub(crate) stand_ins: StandIns,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(|settings| settings, Suno::limits()).await
    }

    pub(crate) async fn open_with(
        change: impl FnOnce(Settings) -> Settings,
        limits: Limits,
    ) -> Self {
        let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        let base = stand_ins.suno_url();
        let host = base.split('/').nth(2).unwrap().parse().unwrap();
        let hosts = Hosts::new(&Suno::HOSTS, vec![host]);
        let (key, model) = (Secret::new(suno::KEY), "V5".to_owned());
        let settings = change(Settings { base, key, model, callbacks: None });
        Self { suno: composer(settings, limits, hosts), stand_ins }
    }

    pub(crate) async fn start(&self) -> Result<ProviderJob, ProviderError> {
        self.suno.start(&order(1)).await
    }

    /// A job that is done.
    pub(crate) async fn made(&self) -> ProviderJob {
        let job = self.start().await.unwrap();
        self.stand_ins.suno.finish();
        job
    }

    pub(crate) fn bought(&self) -> usize {
        self.stand_ins.suno.purchases().len()
    }

    /// How often one of the addresses was asked.
    pub(crate) fn asked(&self, call: &str) -> usize {
        let requests = self.stand_ins.suno.requests();
        requests.iter().filter(|request| request["call"] == call).count()
    }
}

pub(crate) fn composer(settings: Settings, limits: Limits, hosts: Hosts) -> Suno {
    let clock = Arc::new(ManualClock::default());
    let name = || ProviderName::new(Suno::NAME);
    let http = HttpClient::new(name(), limits, clock.clone()).unwrap();
    let downloads = Downloads::new(name(), hosts, limits, clock).unwrap();
    Suno::new(settings, http, downloads)
}

pub(crate) fn order(n: u64) -> SongOrder {
    SongOrder {
        attempt: AttemptToken::from_bits(make::bits(n)),
        song: SongId::from_bits(make::bits(100 + n)),
        brief: make::brief(),
        words: make::words(),
    }
}

pub(crate) async fn file(delivery: Delivery) -> Vec<u8> {
    let mut body = delivery.body;
    let mut file = Vec::new();
    while let Some(piece) = body.next().await {
        file.extend_from_slice(&piece.unwrap());
    }
    file
}

/// A client that gives up soon.
pub(crate) fn impatient() -> Limits {
    Limits { total: Duration::from_secs(2), ..Suno::limits() }
}

/// A clock on which time passes when it is waited for.
pub(crate) struct Hurried(pub(crate) ManualClock);

#[async_trait]
impl Clock for Hurried {
    fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    async fn reach(&self, at: DateTime<Utc>) {
        self.0.set(at);
    }
}

/// The suite of the port holds composer and stand-in together.
#[async_trait]
impl Maker for Desk {
    fn name(&self) -> ProviderName {
        self.suno.name()
    }

    fn pace(&self) -> Pace {
        self.suno.pace()
    }

    async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
        self.suno.status(job).await
    }

    async fn look_up(
        &self,
        attempt: AttemptToken,
        told: Option<ProviderJob>,
    ) -> Result<LookUp, ProviderError> {
        self.suno.look_up(attempt, told).await
    }

    fn told(&self, message: &[u8]) -> Option<ProviderJob> {
        self.suno.told(message)
    }

    async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
        self.suno.fetch(job).await
    }

    async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
        self.suno.release(job).await
    }
}

#[async_trait]
impl SongComposer for Desk {
    async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError> {
        self.suno.start(order).await
    }
}
