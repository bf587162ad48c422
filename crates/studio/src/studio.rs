//! The engines behind the ports of the domain.

/// What makers of this studio have in common: their workshop does it.
macro_rules! made_in_workshop {
    ($name:ident) => {
        #[async_trait::async_trait]
        impl castad_domain::port::Maker for $name {
            fn name(&self) -> ProviderName {
                $crate::studio::name()
            }

            fn pace(&self) -> Pace {
                $crate::workshop::pace()
            }

            async fn status(&self, job: &ProviderJob) -> Result<MakerStatus, ProviderError> {
                self.workshop.status(job).await
            }

            async fn look_up(
                &self,
                attempt: AttemptToken,
                _told: Option<ProviderJob>,
            ) -> Result<LookUp, ProviderError> {
                self.workshop.look_up(attempt).await
            }

            fn told(&self, _: &[u8]) -> Option<ProviderJob> {
                None
            }

            async fn fetch(&self, job: &ProviderJob) -> Result<Delivery, ProviderError> {
                self.workshop.fetch(job).await
            }

            async fn release(&self, job: &ProviderJob) -> Result<(), ProviderError> {
                self.workshop.release(job).await
            }
        }
    };
}

mod composer;
mod lab;
mod renderer;
mod writer;

use std::{io, path::PathBuf, sync::Arc};

use castad_domain::{model::ProviderName, port::MediaStore};

use crate::random::Random;

pub use composer::StudioComposer;
pub use lab::StudioLab;
pub use renderer::StudioRenderer;
pub use writer::StudioWriter;

/// All built-in engines on one folder.
#[derive(Debug, Clone)]
pub struct Studio {
    writer: Arc<StudioWriter>,
    composer: Arc<StudioComposer>,
    renderer: Arc<StudioRenderer>,
    lab: Arc<StudioLab>,
}

impl Studio {
    /// Opens the studio's folder, makes it where it is missing, and removes jobs that nobody could
    /// make any more. Films are cut with `threads` threads, or as many as there are cores.
    ///
    /// The renderer takes pictures and songs from `media`.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or read.
    pub fn open(
        folder: impl Into<PathBuf>,
        threads: Option<usize>,
        media: Arc<dyn MediaStore>,
    ) -> io::Result<Self> {
        let folder = folder.into();
        Ok(Self {
            writer: Arc::new(StudioWriter::new()),
            composer: Arc::new(StudioComposer::open(folder.join("songs"))?),
            renderer: Arc::new(StudioRenderer::open(folder.join("films"), threads, media)?),
            lab: Arc::new(StudioLab::new()),
        })
    }

    /// Who writes the words.
    #[must_use]
    pub fn writer(&self) -> Arc<StudioWriter> {
        self.writer.clone()
    }

    /// Who makes the songs.
    #[must_use]
    pub fn composer(&self) -> Arc<StudioComposer> {
        self.composer.clone()
    }

    /// Who makes the films.
    #[must_use]
    pub fn renderer(&self) -> Arc<StudioRenderer> {
        self.renderer.clone()
    }

    /// Who develops the pictures.
    #[must_use]
    pub fn lab(&self) -> Arc<StudioLab> {
        self.lab.clone()
    }
}

fn name() -> ProviderName {
    ProviderName::new("studio")
}

/// What an engine varies by: the seed that was asked for, or one of the id's own. Ids that follow
/// each other differ in few bits, so they are stirred well.
fn seed(asked: Option<u64>, id: u128) -> u64 {
    asked.unwrap_or_else(|| {
        let half = |bits: u128| u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
        let high = Random::new(half(id >> 64), 0).next();
        Random::new(half(id) ^ high, 0).next()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::seed;

    #[test]
    fn ids_that_follow_each_other_have_nothing_in_common() {
        let ids = (0..1_000_u128).map(|n| (0x0198_0000_0000_7000_u128 << 64) + (n << 74) + n);
        let seeds: Vec<u64> = ids.map(|id| seed(None, id)).collect();
        assert_eq!(seeds.iter().collect::<HashSet<_>>().len(), 1_000);
        let flips = seeds.windows(2).map(|pair| (pair[0] ^ pair[1]).count_ones()).sum::<u32>();
        assert!((30_000..34_000).contains(&flips), "{flips} of 64,000 bits flip");
        assert_eq!(seed(Some(7), 1), 7);
    }
}
