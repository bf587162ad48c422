//! `castad make`: one ad, from start to finish, in the terminal.

mod progress;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bytes::Bytes;
use castad_domain::{
    model::{
        Brief, BusinessName, Details, MediaKey, Production, ProjectId, ProjectStatus, Region,
        Style, TextError,
    },
    port::ProjectView,
    usecase::{AddImages, Cancel, OpenProject, OrderError, Produce, StageOrder},
};
use castad_studio::sample_picture;
use chrono::TimeDelta;
use futures_util::StreamExt;
use progress::Progress;
use tokio::io::AsyncWriteExt;
use tokio_util::sync::CancellationToken;

use crate::{
    cli::Make,
    command::{INTERRUPTED, NOT_MADE, OK, USAGE, signals},
    config::Config,
    wire::Wired,
};

/// How many pictures the program draws where none are given.
const SAMPLES: usize = 4;
/// How often a look is taken at how far the ad is.
const LOOK: TimeDelta = TimeDelta::milliseconds(200);

/// What the ad is to be about, and its pictures by name.
struct Wish {
    brief: Brief,
    pictures: Vec<(String, Bytes)>,
}

/// Makes one ad.
///
/// # Errors
///
/// When it could not be begun or written; an ad that fails in the making is told by the exit code.
pub async fn make(config: Config, flags: Make) -> anyhow::Result<u8> {
    let brief = match brief(&flags) {
        Ok(brief) => brief,
        Err(error) => {
            crate::command::complain(&error);
            return Ok(USAGE);
        }
    };
    let pictures = pictures(&flags, &brief).await?;
    let wish = Wish { brief, pictures };
    let out = Out::prepare(&flags.out)?;
    let wired = Wired::open(&config).await?;
    wired.ensure_storage().await?;
    let code = produce(&wired, &config, &flags, wish, &out).await;
    wired.close().await;
    code
}

async fn produce(
    wired: &Wired,
    config: &Config,
    flags: &Make,
    wish: Wish,
    out: &Out,
) -> anyhow::Result<u8> {
    let begun = wired.ports.clock.now();
    let member = wired.owner().await?.member;
    let project = open(wired, member, wish).await?;
    let order = StageOrder { member, project, orientation: None, cancel_at: None };
    Produce::new(&wired.ports).run(order, None).await?;

    let stop = CancellationToken::new();
    let engine = wired.engine(config);
    let working = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let mut progress = Progress::new(flags.json);
    let end = watch(wired, order, &mut progress).await;
    stop.cancel();
    working.await?;

    let Some(production) = end? else { return Ok(INTERRUPTED) };
    if let Some(key) = film(&production) {
        out.write(wired, key).await?;
        let seconds = (wired.ports.clock.now() - begun).as_seconds_f64();
        progress.made(flags, &production, seconds);
        Ok(OK)
    } else {
        progress.failed(&production);
        Ok(NOT_MADE)
    }
}

fn brief(flags: &Make) -> anyhow::Result<Brief> {
    let named = |flag: &'static str| move |error: TextError| anyhow::anyhow!("--{flag}: {error}");
    Ok(Brief {
        business_name: BusinessName::parse(&flags.business).map_err(named("business"))?,
        region: Region::parse(&flags.region).map_err(named("region"))?,
        details: Details::parse(&flags.details).map_err(named("details"))?,
        language: flags.language,
        orientation: flags.orientation,
        style: flags.style.as_deref().map(Style::parse).transpose().map_err(named("style"))?,
        seed: flags.seed,
    })
}

/// The files that were named, or pictures that the program draws itself.
async fn pictures(flags: &Make, brief: &Brief) -> anyhow::Result<Vec<(String, Bytes)>> {
    if flags.images.is_empty() {
        let (seed, sign) = (flags.seed.unwrap_or(1), brief.business_name.to_string());
        let drawn = tokio::task::spawn_blocking(move || {
            let draw =
                |i| (format!("sample {i}"), Bytes::from(sample_picture(seed, i, Some(&sign))));
            (0..SAMPLES).map(draw).collect()
        });
        return Ok(drawn.await?);
    }
    let mut read = Vec::with_capacity(flags.images.len());
    for path in &flags.images {
        let bytes = tokio::fs::read(path).await;
        let bytes = bytes.with_context(|| format!("{} cannot be read", path.display()))?;
        read.push((path.display().to_string(), bytes.into()));
    }
    Ok(read)
}

async fn open(
    wired: &Wired,
    member: castad_domain::model::MemberId,
    Wish { brief, pictures }: Wish,
) -> anyhow::Result<ProjectId> {
    let adding = AddImages::new(&wired.ports);
    let mut images = Vec::with_capacity(pictures.len());
    for (index, (name, upload)) in pictures.into_iter().enumerate() {
        match adding.take(index, upload).await {
            Ok(image) => images.push(image),
            Err(error) => {
                adding.discard(&images).await;
                let castad_domain::usecase::AddImagesError::Photo { error, .. } = error else {
                    return Err(error.into());
                };
                bail!("{name}: {error}");
            }
        }
    }
    let opened = OpenProject::new(&wired.ports).run(member, brief, None).await?;
    let project = opened.project().id();
    adding.run(member, project, images, None).await?;
    Ok(project)
}

/// The production once it has ended; `None` if it was interrupted.
async fn watch(
    wired: &Wired,
    order: StageOrder,
    progress: &mut Progress,
) -> anyhow::Result<Option<Production>> {
    let interrupted = signals::stop();
    loop {
        let view = wired.ports.catalog.project(order.member, order.project).await?;
        let ProjectView { production, job } = view.context("the project is gone")?;
        progress.show(&production, job.as_ref());
        if production.project().status() != ProjectStatus::Producing {
            return Ok(Some(production));
        }
        let look = wired.ports.clock.now() + LOOK;
        tokio::select! {
            () = wired.ports.clock.reach(look) => {}
            () = interrupted.cancelled() => {
                match Cancel::new(&wired.ports).run(order.member, order.project, None).await {
                    Ok(_) => return Ok(None),
                    // It ended by itself just now.
                    Err(OrderError::Refused(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

fn film(production: &Production) -> Option<&MediaKey> {
    let finished = production.project().status() == ProjectStatus::Finished;
    let film = production.video().and_then(|video| video.making.product());
    film.filter(|_| finished).map(|film| &film.file.key)
}

/// Where the film goes: beside its name first, so that it is there whole or not at all.
struct Out {
    path: PathBuf,
    part: PathBuf,
}

impl Out {
    /// Finds out before the work begins whether the film can be written.
    fn prepare(path: &Path) -> anyhow::Result<Self> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        if path.is_dir() {
            bail!("--out {} is a folder: name a file", path.display());
        }
        std::fs::write(&part, b"")
            .and_then(|()| std::fs::remove_file(&part))
            .with_context(|| format!("--out {} cannot be written", path.display()))?;
        Ok(Self { path: path.to_owned(), part })
    }

    async fn write(&self, wired: &Wired, key: &MediaKey) -> anyhow::Result<()> {
        let read = wired.ports.media.read(key, None).await?.context("the film is gone")?;
        let written = async {
            let mut file = tokio::fs::File::create(&self.part).await?;
            let mut body = read.body;
            while let Some(piece) = body.next().await {
                file.write_all(&piece?).await?;
            }
            file.sync_all().await?;
            tokio::fs::rename(&self.part, &self.path).await?;
            anyhow::Ok(())
        };
        let end = written.await;
        if end.is_err() {
            drop(tokio::fs::remove_file(&self.part).await);
        }
        end.with_context(|| format!("{} cannot be written", self.path.display()))
    }
}
