use std::{sync::Arc, time::Duration};

use castad_contract::make;
use castad_creatomate::{Creatomate, Settings, Templates, Version};
use castad_domain::{
    model::{AttemptToken, MediaKey, Orientation, ProviderJob, ProviderName, Recording, VideoId},
    port::{Clock, Maker, ProviderError, Shelf as Copies, VideoOrder, VideoRenderer},
    usecase::Guarded,
};
use castad_http_client::{Downloads, HttpClient, Limits, Secret};
use castad_memory::ManualClock;
use castad_stand_ins::{StandIns, creatomate};
use serde_json::Value;

use crate::shelf::Shelf;

const PICTURE: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 0, 0];
const SONG: &[u8] = b"\0\0\0\x18ftypM4A \0\0\0\0";

/// A renderer, the stand-in that it asks, and the media that it hands out.
pub(crate) struct Desk {
    pub(crate) renderer: Arc<Creatomate>,
    pub(crate) stand_ins: StandIns,
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) clock: ManualClock,
    settings: Settings,
}

impl Desk {
    pub(crate) async fn open(version: Version) -> Self {
        Self::open_with(version, |settings, _| settings, Creatomate::limits()).await
    }

    pub(crate) async fn changed(change: impl FnOnce(Settings, &Shelf) -> Settings) -> Self {
        Self::open_with(Version::V2, change, Creatomate::limits()).await
    }

    pub(crate) async fn open_with(
        version: Version,
        change: impl FnOnce(Settings, &Shelf) -> Settings,
        limits: Limits,
    ) -> Self {
        let stand_ins = StandIns::start(([127, 0, 0, 1], 0).into()).await.unwrap();
        let shelf = Arc::new(Shelf::open().await);
        for key in pictures() {
            shelf.keep(&key, PICTURE).await;
        }
        shelf.keep(&song().file.key, SONG).await;
        let settings = change(settings(&stand_ins, version), &shelf);
        let clock = ManualClock::default();
        let ticks: Arc<dyn Clock> = Arc::new(clock.clone());
        let (http, downloads) = clients(&stand_ins, limits, &clock);
        let renderer = Creatomate::new(settings.clone(), http, downloads, shelf.clone(), ticks);
        Self { renderer: Arc::new(renderer), stand_ins, shelf, clock, settings }
    }

    /// Another instance of the service, which shares what is read of templates.
    pub(crate) fn instance(&self, copies: Arc<dyn Copies>, guarded: Guarded) -> Creatomate {
        let (http, downloads) = clients(&self.stand_ins, Creatomate::limits(), &self.clock);
        let (settings, media) = (self.settings.clone(), self.shelf.clone());
        let ticks = Arc::new(self.clock.clone());
        Creatomate::new(settings, http, downloads, media, ticks).sharing(copies, guarded)
    }

    /// What it says of its templates, a line each.
    pub(crate) async fn check(&self) -> Vec<String> {
        let name = ProviderName::new(Creatomate::NAME);
        let ticks: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let http = HttpClient::new(name, Creatomate::limits(), ticks).unwrap();
        let found = Creatomate::check(self.settings.clone(), http).await;
        found.iter().map(|finding| format!("{} {finding}", finding.fatal)).collect()
    }

    pub(crate) async fn start(&self) -> Result<ProviderJob, ProviderError> {
        self.renderer.start(&order(1, Orientation::Square)).await
    }

    /// Looks until it is made or has come to nothing.
    pub(crate) async fn finish(&self, job: &ProviderJob) {
        for _ in 0..5 {
            self.renderer.status(job).await.unwrap();
        }
    }

    /// A job that is done.
    pub(crate) async fn made(&self) -> ProviderJob {
        let job = self.start().await.unwrap();
        self.finish(&job).await;
        job
    }

    pub(crate) fn purchases(&self) -> usize {
        self.stand_ins.creatomate.purchases()
    }

    pub(crate) fn template_reads(&self) -> usize {
        self.stand_ins.creatomate.template_reads()
    }

    /// The bodies of all orders, the first one first.
    pub(crate) fn orders(&self) -> Vec<Value> {
        let asked = self.stand_ins.creatomate.requests();
        asked.into_iter().filter(|asked| asked["call"] == "create").collect()
    }
}

fn clients(stand_ins: &StandIns, limits: Limits, clock: &ManualClock) -> (HttpClient, Downloads) {
    let ticks: Arc<dyn Clock> = Arc::new(clock.clone());
    let name = ProviderName::new(Creatomate::NAME);
    let host = stand_ins.creatomate_url().replace("http://", "").replace("/creatomate", "");
    let hosts = Creatomate::hosts(vec![host.parse().unwrap()]);
    let http = HttpClient::new(name.clone(), limits, Arc::clone(&ticks)).unwrap();
    let limits = Creatomate::download_limits();
    (http, Downloads::new(name, hosts, limits, ticks).unwrap())
}

fn settings(stand_ins: &StandIns, version: Version) -> Settings {
    let id = |id: &str| Some(id.to_owned());
    Settings {
        base: stand_ins.creatomate_url(),
        key: Secret::new(creatomate::KEY),
        version,
        templates: Templates {
            vertical: id(creatomate::VERTICAL),
            square: id(creatomate::SQUARE),
            horizontal: id(creatomate::HORIZONTAL),
        },
        callbacks: None,
    }
}

pub(crate) fn pictures() -> Vec<MediaKey> {
    (1..=3).map(|n| MediaKey::parse(&format!("images/img_{n}.jpg")).unwrap()).collect()
}

pub(crate) fn song() -> Recording {
    make::recording(AttemptToken::from_bits(make::bits(500)))
}

pub(crate) fn order(n: u64, orientation: Orientation) -> VideoOrder {
    VideoOrder {
        attempt: AttemptToken::from_bits(make::bits(n)),
        video: VideoId::from_bits(make::bits(100 + n)),
        brief: make::brief(),
        orientation,
        pictures: pictures(),
        song: song(),
    }
}

/// A client that gives up soon.
pub(crate) fn impatient() -> Limits {
    Limits { total: Duration::from_secs(2), ..Limits::default() }
}
