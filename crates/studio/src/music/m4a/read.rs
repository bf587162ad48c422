//! Reads the AAC-LC track out of an MP4 file. Nothing in the file is trusted: every offset is checked.

use super::{AAC_LC, RATES};
use crate::music::aac::FRAME;

/// What the file says about its AAC track.
#[derive(Debug)]
pub(in crate::music) struct Found<'a> {
    /// Raw access units in order.
    pub(in crate::music) payloads: Vec<&'a [u8]>,
    pub(in crate::music) sample_rate: u32,
    pub(in crate::music) channels: u16,
    pub(in crate::music) priming: u32,
    pub(in crate::music) samples: u64,
}

/// # Errors
///
/// What is missing or broken.
pub(in crate::music) fn read(file: &[u8]) -> Result<Found<'_>, &'static str> {
    let moov = child(file, *b"moov").ok_or("it has no moov box")?;
    let (trak, entry) = audio_track(moov).ok_or("it has no mp4a track")?;
    let (sample_rate, channels) = config(entry).ok_or("its sound is not AAC-LC")?;
    let table = descend(trak, &[*b"mdia", *b"minf", *b"stbl"]).ok_or("it has no sample table")?;
    let payloads = payloads(file, table).ok_or("its sample table is broken")?;

    let coded = u64::try_from(payloads.len()).unwrap_or(u64::MAX).saturating_mul(FRAME.into());
    let edit = child(moov, *b"mvhd").and_then(timescale).and_then(|scale| edit(trak, scale));
    let (priming, seconds) = edit.unwrap_or((0, None));
    let rest = coded.saturating_sub(priming.into());
    let samples = seconds.map_or(rest, |(units, scale)| {
        rest.min(units.saturating_mul(sample_rate.into()) / u64::from(scale.max(1)))
    });
    Ok(Found { payloads, sample_rate, channels, priming, samples })
}

struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.0.get(4..8)?.try_into().ok()?;
        let (head, size) = match u32_at(self.0, 0)? {
            0 => (8, self.0.len()),
            1 => (16, usize::try_from(u64_at(self.0, 8)?).ok()?),
            size => (8, usize::try_from(size).ok()?),
        };
        let body = self.0.get(head..size)?;
        self.0 = self.0.get(size..)?;
        Some((kind, body))
    }
}

fn child(body: &[u8], kind: [u8; 4]) -> Option<&[u8]> {
    Boxes(body).find(|(found, _)| *found == kind).map(|(_, body)| body)
}

fn descend<'a>(body: &'a [u8], path: &[[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(body, |body, kind| child(body, *kind))
}

/// The first track whose first sample description is `mp4a`, with that description.
fn audio_track(moov: &[u8]) -> Option<(&[u8], &[u8])> {
    Boxes(moov).filter(|(kind, _)| kind == b"trak").find_map(|(_, trak)| {
        let stsd = descend(trak, &[*b"mdia", *b"minf", *b"stbl", *b"stsd"])?;
        Some((trak, child(stsd.get(8..)?, *b"mp4a")?))
    })
}

/// Sample rate and channels from the decoder configuration.
fn config(entry: &[u8]) -> Option<(u32, u16)> {
    let extra = if u16_at(entry, 8)? == 1 { 16 } else { 0 };
    let esds = child(entry.get(28 + extra..)?, *b"esds")?;
    let stream = descriptor(esds.get(4..)?, 3)?;
    let decoder = descriptor(stream.get(3..)?, 4)?;
    let config = descriptor(decoder.get(13..)?, 5)?;

    let bits = u16_at(config, 0)?.to_be_bytes();
    let object = bits[0] >> 3;
    let rate = usize::from((bits[0] & 7) << 1 | bits[1] >> 7);
    let channels = u16::from((bits[1] >> 3) & 15);
    (object == AAC_LC).then_some((*RATES.get(rate)?, channels))
}

/// The body of the MPEG-4 descriptor at the front, when it has this tag.
fn descriptor(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    let (&found, mut rest) = bytes.split_first()?;
    let mut length = 0;
    for _ in 0..4 {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        length = length << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    (found == tag).then(|| rest.get(..length))?
}

fn timescale(mvhd: &[u8]) -> Option<u32> {
    u32_at(mvhd, if mvhd.first()? == &1 { 20 } else { 12 })
}

/// What the edit list skips, and how long it plays: units and units per second, when it says so.
fn edit(trak: &[u8], scale: u32) -> Option<(u32, Option<(u64, u32)>)> {
    let list = descend(trak, &[*b"edts", *b"elst"])?;
    let long = list.first()? == &1;
    let (length, start) = if long {
        (u64_at(list, 8)?, u64_at(list, 16)?)
    } else {
        (u32_at(list, 8)?.into(), u32_at(list, 12)?.into())
    };
    let start = u32::try_from(start).ok().filter(|&start| start < u32::MAX)?;
    Some((start, (length > 0).then_some((length, scale))))
}

fn payloads<'a>(file: &'a [u8], table: &[u8]) -> Option<Vec<&'a [u8]>> {
    let sizes = sizes(child(table, *b"stsz")?, file.len())?;
    let chunks = chunks(table)?;
    let runs = child(table, *b"stsc")?;
    let mut sizes = sizes.into_iter();
    let mut found = Vec::with_capacity(sizes.len());
    for (index, mut at) in chunks.into_iter().enumerate() {
        for size in sizes.by_ref().take(chunk_length(runs, index)?) {
            let end = at.checked_add(size)?;
            found.push(file.get(at..end)?);
            at = end;
        }
    }
    (!found.is_empty() && sizes.next().is_none()).then_some(found)
}

fn sizes(stsz: &[u8], most: usize) -> Option<Vec<usize>> {
    let count = usize_at(stsz, 8)?;
    match usize_at(stsz, 4)? {
        0 => (0..count).map(|index| usize_at(stsz, 12 + 4 * index)).collect(),
        size => (count <= most).then(|| vec![size; count]),
    }
}

fn chunks(table: &[u8]) -> Option<Vec<usize>> {
    if let Some(stco) = child(table, *b"stco") {
        return (0..usize_at(stco, 4)?).map(|index| usize_at(stco, 8 + 4 * index)).collect();
    }
    let co64 = child(table, *b"co64")?;
    (0..usize_at(co64, 4)?)
        .map(|index| usize::try_from(u64_at(co64, 8 + 8 * index)?).ok())
        .collect()
}

/// How many samples the chunk with this index (from 0) holds.
fn chunk_length(stsc: &[u8], index: usize) -> Option<usize> {
    (0..usize_at(stsc, 4)?)
        .map(|run| (usize_at(stsc, 8 + 12 * run), usize_at(stsc, 12 + 12 * run)))
        .take_while(|(first, _)| first.is_some_and(|first| first <= index + 1))
        .last()?
        .1
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}
