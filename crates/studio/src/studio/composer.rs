use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use castad_domain::{
    model::{self, AttemptToken, LyricText, MediaType, ProviderJob, ProviderName},
    port::{Delivery, LookUp, MakerStatus, Pace, ProviderError, SongComposer, SongOrder},
};
use serde::{Deserialize, Serialize};

use super::seed;
use crate::{
    lyric::SectionKind,
    music::{self, Score, SheetSection, SongSheet, aac},
    workshop::{Begun, Craft, Flaw, Label, Line, Workshop},
};

/// Makes instrumentals, one at a time.
#[derive(Debug)]
pub struct StudioComposer {
    workshop: Workshop<Band>,
}

impl StudioComposer {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        Ok(Self { workshop: Workshop::open(folder, Band)? })
    }
}

made_in_workshop!(StudioComposer);

#[async_trait]
impl SongComposer for StudioComposer {
    async fn start(&self, order: &SongOrder) -> Result<ProviderJob, ProviderError> {
        match self.workshop.begin(order.attempt).await? {
            Begun::There(job) => Ok(job),
            Begun::Fresh(draft) => self.workshop.enter(draft, &Piece::of(order)).await,
        }
    }
}

/// A song to play, as it is kept in the job's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    seed: u64,
    style: String,
    sections: Vec<Stanza>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stanza {
    kind: Role,
    lines: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Verse,
    Chorus,
    Bridge,
    Outro,
}

impl Piece {
    fn of(order: &SongOrder) -> Self {
        let style = order.brief.style.as_ref();
        Self {
            seed: seed(order.brief.seed, order.song.to_bits()),
            style: style.map(|style| style.as_str().to_owned()).unwrap_or_default(),
            sections: stanzas(&order.words),
        }
    }

    fn sheet(&self) -> SongSheet {
        let section = |stanza: &Stanza| SheetSection {
            kind: match stanza.kind {
                Role::Verse => SectionKind::Verse,
                Role::Chorus => SectionKind::Chorus,
                Role::Bridge => SectionKind::Bridge,
                Role::Outro => SectionKind::Outro,
            },
            lines: stanza.lines.clone(),
        };
        let sections = self.sections.iter().map(section).collect();
        SongSheet { sections, style: self.style.clone(), seed: self.seed }
    }

    fn lines(&self) -> impl Iterator<Item = &String> {
        self.sections.iter().flat_map(|stanza| &stanza.lines)
    }
}

fn stanzas(words: &LyricText) -> Vec<Stanza> {
    let stanza = |section: &model::Section| Stanza {
        kind: match section.kind() {
            model::SectionKind::Verse => Role::Verse,
            model::SectionKind::Chorus => Role::Chorus,
            model::SectionKind::Bridge => Role::Bridge,
            model::SectionKind::Outro => Role::Outro,
        },
        lines: section.lines().to_vec(),
    };
    words.sections().iter().map(stanza).collect()
}

/// Plays what it is given.
#[derive(Debug)]
struct Band;

/// The shares of the work after playing and after encoding.
const PLAYED: f32 = 0.5;
const ENCODED: f32 = 0.98;

impl Craft for Band {
    type Order = Piece;

    const MAKES: MediaType = MediaType::M4a;

    fn make(
        &self,
        piece: &Piece,
        _folder: &Path,
        out: &mut File,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Result<Label, Flaw> {
        let score = music::compose(&piece.sheet());
        let pcm = music::render(&score, &mut |share| go_on(share * PLAYED));
        let pcm = pcm.ok_or(Flaw::Stopped)?;
        let encoded = |share: f32| PLAYED + share * (ENCODED - PLAYED);
        let track =
            aac::encode(&pcm, &mut |share| go_on(encoded(share))).map_err(|error| flaw(&error))?;
        out.write_all(&aac::write_file(&track).map_err(|error| flaw(&error))?)?;
        Ok(label(piece, &score, track.seconds()))
    }
}

fn flaw(error: &aac::AacError) -> Flaw {
    match error {
        aac::AacError::Stopped => Flaw::Stopped,
        aac::AacError::Codec(_) | aac::AacError::NotWritable | aac::AacError::NotAac(_) => {
            Flaw::Engine("sound", error.to_string())
        }
    }
}

fn label(piece: &Piece, score: &Score, seconds: f64) -> Label {
    let times = piece.lines().zip(&score.lines);
    let lines = times.map(|(text, time)| Line {
        text: text.clone(),
        start_ms: millis(time.start),
        end_ms: millis(time.end),
    });
    let duration_ms = millis(seconds);
    let mut bars_ms: Vec<u32> = score.bars.iter().copied().map(millis).collect();
    bars_ms.retain(|bar| *bar < duration_ms);
    Label { duration_ms, lines: lines.collect(), bars_ms, instrumental: true }
}

fn millis(seconds: f64) -> u32 {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
