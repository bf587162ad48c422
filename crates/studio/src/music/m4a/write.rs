//! Writes the song's file: the index first, so that a browser can begin to play before it has it all.

use super::{AAC_LC, RATES};
use crate::music::aac::{AacTrack, FRAME};

const UNITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

/// The whole file, or `None` when the track is empty, too long for 32-bit boxes, or has a rate that AAC does not number.
pub(in crate::music) fn write(sound: &AacTrack) -> Option<Vec<u8>> {
    let payloads: Vec<&[u8]> = sound.payloads().collect();
    if payloads.is_empty() {
        return None;
    }
    let ftyp = boxed(*b"ftyp", &[b"M4A ", &word(0), b"M4A ", b"mp42", b"isom"])?;
    let length = moov(sound, &payloads, 0)?.len();
    let start = u32::try_from(ftyp.len() + length + 8).ok()?;
    let moov = moov(sound, &payloads, start)?;
    let mdat = boxed(*b"mdat", &payloads)?;
    Some([ftyp, moov, mdat].concat())
}

/// A box around these parts.
fn boxed(kind: [u8; 4], parts: &[&[u8]]) -> Option<Vec<u8>> {
    let body = parts.concat();
    let size = u32::try_from(body.len() + 8).ok()?;
    Some([&word(size)[..], &kind, &body].concat())
}

fn word(value: u32) -> [u8; 4] {
    value.to_be_bytes()
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().copied().flat_map(word).collect()
}

/// `start` is where in the file the first access unit lies.
fn moov(sound: &AacTrack, payloads: &[&[u8]], start: u32) -> Option<Vec<u8>> {
    let played = u32::try_from(sound.samples).ok()?;
    let mvhd =
        [&words(&[0, 0, 0, sound.sample_rate, played, 0x1_0000]), &[1, 0, 0, 0][..]].concat();
    let mvhd =
        boxed(*b"mvhd", &[&mvhd, &words(&[0, 0]), &words(&UNITY), &words(&[0; 6]), &word(2)])?;
    let tkhd = words(&[7, 0, 0, 1, 0, played, 0, 0, 0]);
    let tkhd = boxed(*b"tkhd", &[&tkhd, &[1, 0, 0, 0], &words(&UNITY), &words(&[0, 0])])?;
    let elst = boxed(*b"elst", &[&words(&[0, 1, played, sound.priming, 0x1_0000])])?;
    let edts = boxed(*b"edts", &[&elst])?;
    let mdia = mdia(sound, payloads, start)?;
    let trak = boxed(*b"trak", &[&tkhd, &edts, &mdia])?;
    boxed(*b"moov", &[&mvhd, &trak])
}

fn mdia(sound: &AacTrack, payloads: &[&[u8]], start: u32) -> Option<Vec<u8>> {
    let coded = u32::try_from(payloads.len()).ok()?.checked_mul(FRAME)?;
    // The language is "und".
    let mdhd = boxed(*b"mdhd", &[&words(&[0, 0, 0, sound.sample_rate, coded, 0x55c4_0000])])?;
    let hdlr = boxed(*b"hdlr", &[&words(&[0, 0]), b"soun", &words(&[0; 3]), b"sound\0"])?;
    let smhd = boxed(*b"smhd", &[&words(&[0, 0])])?;
    let url = boxed(*b"url ", &[&word(1)])?;
    let dref = boxed(*b"dref", &[&words(&[0, 1]), &url])?;
    let dinf = boxed(*b"dinf", &[&dref])?;
    let stbl = stbl(sound, payloads, start)?;
    let minf = boxed(*b"minf", &[&smhd, &dinf, &stbl])?;
    boxed(*b"mdia", &[&mdhd, &hdlr, &minf])
}

fn stbl(sound: &AacTrack, payloads: &[&[u8]], start: u32) -> Option<Vec<u8>> {
    let count = u32::try_from(payloads.len()).ok()?;
    let sizes: Vec<u32> = payloads
        .iter()
        .map(|payload| u32::try_from(payload.len()))
        .collect::<Result<_, _>>()
        .ok()?;
    let entry = mp4a(sound)?;
    let description = boxed(*b"stsd", &[&words(&[0, 1]), &entry])?;
    let times = boxed(*b"stts", &[&words(&[0, 1, count, FRAME])])?;
    let chunks = boxed(*b"stsc", &[&words(&[0, 1, 1, count, 1])])?;
    let lengths = boxed(*b"stsz", &[&words(&[0, 0, count]), &words(&sizes)])?;
    let offsets = boxed(*b"stco", &[&words(&[0, 1, start])])?;
    boxed(*b"stbl", &[&description, &times, &chunks, &lengths, &offsets])
}

fn mp4a(sound: &AacTrack) -> Option<Vec<u8>> {
    let esds = boxed(*b"esds", &[&esds(sound)?])?;
    let channels = sound.channels.to_be_bytes();
    let rate = word(sound.sample_rate.checked_mul(1 << 16)?);
    boxed(
        *b"mp4a",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &words(&[0, 0]),
            &channels,
            &[0, 16, 0, 0, 0, 0],
            &rate,
            &esds,
        ],
    )
}

/// The stream's descriptor, and in it the decoder's configuration.
fn esds(sound: &AacTrack) -> Option<Vec<u8>> {
    let rate = u16::try_from(RATES.iter().position(|rate| *rate == sound.sample_rate)?).ok()?;
    let config = u16::from(AAC_LC) << 11 | rate << 7 | (sound.channels & 15) << 3;
    let bitrate = u64::from(sound.sample_rate) * payload_bits(sound) / sound.samples.max(1);
    let bitrate = word(u32::try_from(bitrate).unwrap_or(u32::MAX));

    let specific = descriptor(5, &[&config.to_be_bytes()])?;
    // 0x40 is MPEG-4 audio, 0x15 an audio stream.
    let decoder = descriptor(4, &[&[0x40, 0x15, 0, 0, 0], &bitrate, &bitrate, &specific])?;
    let sync = descriptor(6, &[&[2]])?;
    let stream = descriptor(3, &[&[0, 1, 0], &decoder, &sync])?;
    Some([&word(0)[..], &stream].concat())
}

fn payload_bits(sound: &AacTrack) -> u64 {
    sound.payloads().map(|payload| u64::try_from(payload.len()).unwrap_or(u64::MAX) * 8).sum()
}

fn descriptor(tag: u8, parts: &[&[u8]]) -> Option<Vec<u8>> {
    let body = parts.concat();
    let length = u8::try_from(body.len()).ok().filter(|length| *length < 0x80)?;
    Some([&[tag, length][..], &body].concat())
}
