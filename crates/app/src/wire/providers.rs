use std::sync::Arc;

use castad_chatgpt::ChatGpt;
use castad_creatomate::Creatomate;
use castad_domain::{
    model::ProviderName,
    port::{Clock, LyricWriter, MediaStore, SongComposer, VideoRenderer, chain},
};
use castad_http_client::{Downloads, Hosts, HttpClient, Limits, SetUpError};
use castad_studio::Studio;
use castad_suno::Suno;

use super::locks::Locks;
use crate::{
    config::Config,
    links::{LinkedMedia, Links},
    system::SystemClock,
};

/// Who writes, sings and renders.
pub(super) struct Providers {
    pub(super) writer: Arc<dyn LyricWriter>,
    pub(super) composer: Arc<dyn SongComposer>,
    pub(super) renderer: Arc<dyn VideoRenderer>,
}

impl Providers {
    pub(super) fn open(
        config: &Config,
        studio: &Studio,
        (media, links): (&Arc<dyn MediaStore>, Option<&Arc<Links>>),
        locks: &Locks,
        clock: &Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let media = reachable(media, links);
        let writer: Option<Arc<dyn LyricWriter>> =
            chatgpt(config, clock)?.map(|writer| Arc::new(writer) as _);
        let composer: Option<Arc<dyn SongComposer>> =
            suno(config, clock)?.map(|composer| Arc::new(composer) as _);
        let renderer: Option<Arc<dyn VideoRenderer>> = creatomate(config, media, clock)?
            .map(|renderer| match &locks.shelf {
                Some(shelf) => renderer.sharing(Arc::clone(shelf), locks.guarded.clone()),
                None => renderer,
            })
            .map(|renderer| Arc::new(renderer) as _);
        Ok(Self {
            writer: writer.unwrap_or_else(|| studio.writer()),
            composer: composer.unwrap_or_else(|| studio.composer()),
            renderer: renderer.unwrap_or_else(|| studio.renderer()),
        })
    }
}

/// Files under addresses that a provider can fetch, where there are such.
fn reachable(media: &Arc<dyn MediaStore>, links: Option<&Arc<Links>>) -> Arc<dyn MediaStore> {
    let linked = |links: &Arc<Links>| LinkedMedia::new(Arc::clone(media), Arc::clone(links));
    links.map_or_else(|| Arc::clone(media), |links| Arc::new(linked(links)))
}

fn chatgpt(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<ChatGpt>> {
    let Some(settings) = &config.chatgpt else { return Ok(None) };
    let name = ProviderName::new(ChatGpt::NAME);
    let http = HttpClient::new(name, Limits::default(), Arc::clone(clock))?;
    Ok(Some(ChatGpt::new(settings.clone(), http)))
}

fn suno(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Option<Suno>> {
    let Some(settings) = &config.suno else { return Ok(None) };
    let name = ProviderName::new(Suno::NAME);
    let http = HttpClient::new(name.clone(), Suno::limits(), Arc::clone(clock))?;
    let hosts = Hosts::new(&Suno::HOSTS, config.outside.result_hosts.clone());
    let downloads = Downloads::new(name, hosts, Suno::download_limits(), Arc::clone(clock))?;
    Ok(Some(Suno::new(settings.clone(), http, downloads)))
}

fn creatomate(
    config: &Config,
    media: Arc<dyn MediaStore>,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Option<Creatomate>> {
    let Some(settings) = &config.creatomate else { return Ok(None) };
    let (name, http) = (ProviderName::new(Creatomate::NAME), creatomate_client(clock)?);
    let hosts = Creatomate::hosts(config.outside.result_hosts.clone());
    let limits = Creatomate::download_limits();
    let downloads = Downloads::new(name, hosts, limits, Arc::clone(clock))?;
    let clock = Arc::clone(clock);
    Ok(Some(Creatomate::new(settings.clone(), http, downloads, media, clock)))
}

fn creatomate_client(clock: &Arc<dyn Clock>) -> Result<HttpClient, SetUpError> {
    let name = ProviderName::new(Creatomate::NAME);
    HttpClient::new(name, Creatomate::limits(), Arc::clone(clock))
}

/// What a provider says of itself and of its settings.
pub struct Checked {
    /// What was found, in a line.
    pub text: String,
    /// Whether nothing can be made as it is.
    pub fatal: bool,
}

/// Asks each provider that is configured.
pub(super) async fn check(config: &Config) -> anyhow::Result<Vec<Checked>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let mut found = Vec::new();
    if let Some(writer) = chatgpt(config, &clock)? {
        found.push(match writer.check().await {
            Ok(()) => good("chatgpt: the model is there".to_owned()),
            Err(error) => bad("chatgpt", &error),
        });
    }
    if let Some(composer) = suno(config, &clock)? {
        found.push(match composer.check().await {
            Ok(credits) => good(format!("suno: {credits} credits are left")),
            Err(error) => bad("suno", &error),
        });
    }
    if let Some(settings) = &config.creatomate {
        let told = Creatomate::check(settings.clone(), creatomate_client(&clock)?).await;
        if told.iter().all(|finding| !finding.fatal) {
            found.push(good("creatomate: the templates can be rendered".to_owned()));
        }
        let line = |finding: castad_creatomate::Finding| Checked {
            text: format!("creatomate: {finding}"),
            fatal: finding.fatal,
        };
        found.extend(told.into_iter().map(line));
    }
    Ok(found)
}

fn good(text: String) -> Checked {
    Checked { text, fatal: false }
}

fn bad(who: &str, error: &castad_domain::port::ProviderError) -> Checked {
    tracing::debug!(error = chain(error), "{who} was asked");
    let code = error.code().map(|code| format!(" ({code})")).unwrap_or_default();
    Checked { text: format!("{who}: {error}{code}"), fatal: true }
}
