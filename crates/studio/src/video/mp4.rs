//! Writes the MP4 file: index first, so that a film starts to play before it is fetched, and streaming all the same.
//!
//! Every table of the index has a length that is known before the first picture is encoded, because the number of
//! pictures and of sound frames is. The index is therefore written empty, the media after it as it comes, and the index
//! once more at the end: nothing is kept in memory but a few numbers per picture. Two things that a player needs for
//! exact timing are written as well: the edit list that drops the sound encoder's priming, and the colour box.

mod boxes;
mod index;

use std::io::{self, Seek, SeekFrom, Write};

use super::encoder::{AccessUnit, with_colour};
use crate::music::AacTrack;
use index::{Index, Track};

/// Pictures between two portions of sound: half a second.
const PORTION: usize = 15;
const SAMPLES_PER_FRAME: u64 = 1_024;

/// The film while it is written.
pub(super) struct Mp4<'a, W> {
    out: W,
    sound: Vec<&'a [u8]>,
    index: Index<'a>,
    place: u64,
    media: u64,
    pending: Vec<u8>,
}

impl<'a, W: Write + Seek> Mp4<'a, W> {
    /// Starts a film of `frames` pictures of `size`; `head` are the parameter sets of its first picture.
    pub(super) fn start(
        mut out: W,
        size: (usize, usize),
        frames: usize,
        soundtrack: &'a AacTrack,
        head: &(Vec<u8>, Vec<u8>),
    ) -> io::Result<Self> {
        let video = Track::planned(frames, |at| at % PORTION == 0);
        let sound = planned_sound(soundtrack, frames);
        let head = (with_colour(&head.0), head.1.clone());
        let index = Index { size, soundtrack, head, video, sound };

        let (file_type, blank) = (boxes::file_type(), index.moov());
        out.write_all(&file_type)?;
        out.write_all(&blank)?;
        let media = (file_type.len() + blank.len()) as u64;
        out.write_all(&boxes::media_head(0))?;
        let place = media + boxes::media_head(0).len() as u64;
        Ok(Self {
            out,
            sound: soundtrack.payloads().collect(),
            index,
            place,
            media,
            pending: Vec::new(),
        })
    }

    /// Appends the next picture, and the sound up to the same moment.
    pub(super) fn write(&mut self, unit: &AccessUnit) -> io::Result<()> {
        self.index.video.put(unit.data.len(), unit.key, self.place + self.pending.len() as u64);
        self.pending.extend(&unit.data);
        if self.index.video.portion_is_full() {
            self.flush()?;
            self.write_sound()?;
        }
        Ok(())
    }

    /// Writes what is left, then the index.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        while !self.index.sound.is_full() {
            self.write_sound()?;
        }
        let length = self.place - self.media;
        self.out.seek(SeekFrom::Start(self.media))?;
        self.out.write_all(&boxes::media_head(length))?;
        self.out.seek(SeekFrom::Start(boxes::file_type().len() as u64))?;
        self.out.write_all(&self.index.moov())?;
        self.out.seek(SeekFrom::Start(self.place))?;
        self.out.flush()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.pending)?;
        self.place += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    fn write_sound(&mut self) -> io::Result<()> {
        while let Some(frame) = self.sound.get(self.index.sound.written()) {
            if self.index.sound.is_full() {
                break;
            }
            self.index.sound.put(frame.len(), true, self.place + self.pending.len() as u64);
            self.pending.extend(*frame);
            if self.index.sound.portion_is_full() {
                break;
            }
        }
        self.flush()
    }
}

/// Sound frames that are needed, in portions that keep pace with the pictures.
fn planned_sound(soundtrack: &AacTrack, frames: usize) -> Track {
    let wanted = (u64::from(soundtrack.priming) + soundtrack.samples).div_ceil(SAMPLES_PER_FRAME);
    let count = usize::try_from(wanted).unwrap_or(usize::MAX).min(soundtrack.frames.len());
    let portions = frames.div_ceil(PORTION).max(1);
    Track::planned(count, |at| at == 0 || at * portions / count != (at - 1) * portions / count)
}
