//! The index of the file: where every picture and every sound frame lies, and when it is due.

use super::SAMPLES_PER_FRAME;
use super::boxes::{
    MATRIX, boxed, data_information, full, handler, picture_entry, sound_entry, word, words,
};
use crate::music::AacTrack;
use crate::video::FRAME_RATE;

/// Units of time per picture.
const TICKS: u32 = 1_000;
/// Units of time per second, of the film and of its pictures.
const CLOCK: u32 = FRAME_RATE * TICKS;
/// "Undetermined", in the packed letters of ISO 639-2.
const NO_LANGUAGE: u16 = 0x55C4;

/// The samples of one track, as planned and as written so far.
pub(super) struct Track {
    sizes: Vec<u32>,
    keys: Vec<u32>,
    portions: Vec<u32>,
    offsets: Vec<u32>,
    written: usize,
    portion: usize,
    in_portion: u32,
    keys_planned: usize,
}

impl Track {
    /// A track of `count` samples; `opens` says which of them begin a portion.
    pub(super) fn planned(count: usize, opens: impl Fn(usize) -> bool) -> Self {
        let mut portions: Vec<u32> = Vec::new();
        for at in 0..count {
            match portions.last_mut() {
                Some(last) if !opens(at) => *last += 1,
                Some(_) | None => portions.push(1),
            }
        }
        let keys_planned = count.div_ceil(crate::video::encoder::GROUP);
        Self {
            sizes: vec![0; count],
            keys: Vec::new(),
            offsets: vec![0; portions.len()],
            portions,
            written: 0,
            portion: 0,
            in_portion: 0,
            keys_planned,
        }
    }

    /// Notes the next sample, which lies at `place`.
    pub(super) fn put(&mut self, size: usize, key: bool, place: u64) {
        if self.portion_is_full() {
            self.portion += 1;
            self.in_portion = 0;
        }
        if let (0, Some(offset)) = (self.in_portion, self.offsets.get_mut(self.portion)) {
            *offset = u32::try_from(place).unwrap_or(u32::MAX);
        }
        if let Some(slot) = self.sizes.get_mut(self.written) {
            *slot = u32::try_from(size).unwrap_or(u32::MAX);
        }
        self.in_portion += 1;
        self.written += 1;
        if key {
            self.keys.push(u32::try_from(self.written).unwrap_or(u32::MAX));
        }
    }

    pub(super) fn written(&self) -> usize {
        self.written
    }

    pub(super) fn is_full(&self) -> bool {
        self.written >= self.sizes.len()
    }

    pub(super) fn portion_is_full(&self) -> bool {
        self.portions.get(self.portion).is_some_and(|length| self.in_portion >= *length)
    }

    fn count(&self) -> u32 {
        u32::try_from(self.sizes.len()).unwrap_or(u32::MAX)
    }

    /// The tables that both kinds of track have.
    fn tables(&self, entry: &[u8], ticks: u32, keys: &[u8]) -> Vec<u8> {
        let lengths = self.portions.iter().zip(1..).flat_map(|(length, first)| [first, *length, 1]);
        boxed(
            *b"stbl",
            &[
                &full(*b"stsd", 0, &[&word(1), entry]),
                &full(*b"stts", 0, &[&words([1, self.count(), ticks])]),
                keys,
                &full(*b"stsc", 0, &[&word(self.portions.len()), &words(lengths)]),
                &full(
                    *b"stsz",
                    0,
                    &[&words([0, self.count()]), &words(self.sizes.iter().copied())],
                ),
                &full(
                    *b"stco",
                    0,
                    &[&word(self.offsets.len()), &words(self.offsets.iter().copied())],
                ),
            ],
        )
    }

    fn key_table(&self) -> Vec<u8> {
        let mut keys = self.keys.clone();
        keys.resize(self.keys_planned, 0);
        full(*b"stss", 0, &[&word(keys.len()), &words(keys)])
    }
}

/// All that the index box is made of.
pub(super) struct Index<'a> {
    pub(super) size: (usize, usize),
    pub(super) soundtrack: &'a AacTrack,
    pub(super) head: (Vec<u8>, Vec<u8>),
    pub(super) video: Track,
    pub(super) sound: Track,
}

impl Index<'_> {
    /// The index as far as it is known; its length never changes.
    pub(super) fn moov(&self) -> Vec<u8> {
        let length = self.picture_time().max(self.sound_time());
        let rest = [&words(MATRIX)[..], &[0; 24], &word(3)].concat();
        let speed = [&words([0x1_0000])[..], &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]].concat();
        let header = full(*b"mvhd", 0, &[&words([0, 0, CLOCK, length]), &speed, &rest]);
        boxed(*b"moov", &[&header, &self.picture_track(), &self.sound_track()])
    }

    fn picture_time(&self) -> u32 {
        self.video.count() * TICKS
    }

    fn sound_time(&self) -> u32 {
        let rate = u64::from(self.soundtrack.sample_rate.max(1));
        let coded = u64::from(self.sound.count()) * SAMPLES_PER_FRAME;
        let heard =
            self.soundtrack.samples.min(coded.saturating_sub(self.soundtrack.priming.into()));
        u32::try_from(heard * u64::from(CLOCK) / rate).unwrap_or(u32::MAX)
    }

    fn picture_track(&self) -> Vec<u8> {
        let time = self.picture_time();
        let entry = picture_entry(self.size, &self.head);
        let tables = self.video.tables(&entry, TICKS, &self.video.key_table());
        let head = full(*b"vmhd", 1, &[&[0; 8]]);
        let media = media((CLOCK, time), &handler(*b"vide", b"Pictures"), &head, &tables);
        let header = track_header(1, time, 0, self.size);
        boxed(*b"trak", &[&header, &edit(time, 0), &media])
    }

    fn sound_track(&self) -> Vec<u8> {
        let track = self.soundtrack;
        let coded = self.sound.count() * 1_024;
        let entry = sound_entry(&configuration(track), track.sample_rate, track.channels);
        let tables = self.sound.tables(&entry, 1_024, &[]);
        let head = full(*b"smhd", 0, &[&[0; 4]]);
        let media = media((track.sample_rate, coded), &handler(*b"soun", b"Music"), &head, &tables);
        let header = track_header(2, self.sound_time(), 0x0100, (0, 0));
        boxed(*b"trak", &[&header, &edit(self.sound_time(), track.priming), &media])
    }
}

/// What a decoder must know: the kind of AAC, the rate and the channels, as the header of the first frame has them.
fn configuration(track: &AacTrack) -> [u8; 2] {
    let header = track.frames.first().and_then(|frame| frame.first_chunk::<4>());
    let Some([_, _, third, fourth]) = header else { return [0x11, 0x90] };
    let kind = (third >> 6) + 1;
    let rate = third >> 2 & 0x0F;
    let channels = (third & 1) << 2 | fourth >> 6;
    [kind << 3 | rate >> 1, rate << 7 | channels << 3]
}

fn media((clock, time): (u32, u32), handler: &[u8], head: &[u8], tables: &[u8]) -> Vec<u8> {
    let language = [&NO_LANGUAGE.to_be_bytes()[..], &[0, 0]].concat();
    let header = full(*b"mdhd", 0, &[&words([0, 0, clock, time]), &language]);
    let information = boxed(*b"minf", &[head, &data_information(), tables]);
    boxed(*b"mdia", &[&header, handler, &information])
}

fn track_header(number: u32, time: u32, volume: u16, (width, height): (usize, usize)) -> Vec<u8> {
    let shape = [&words(MATRIX)[..], &word(width << 16), &word(height << 16)].concat();
    let middle = [&[0; 12][..], &volume.to_be_bytes(), &[0, 0]].concat();
    // Enabled and part of the film.
    full(*b"tkhd", 3, &[&words([0, 0, number, 0, time]), &middle, &shape])
}

/// Plays `time` of the track from `start`, in the track's own units.
fn edit(time: u32, start: u32) -> Vec<u8> {
    boxed(*b"edts", &[&full(*b"elst", 0, &[&words([1, time, start, 0x1_0000])])])
}
