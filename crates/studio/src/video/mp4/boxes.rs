//! The boxes of an MP4 file (ISO/IEC 14496-12, -14, -15) that are the same for every film, and how boxes are made.

/// A box: its length, its name, its parts.
pub(super) fn boxed(name: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = 8 + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length);
    bytes.extend(word(length));
    bytes.extend(name);
    for part in parts {
        bytes.extend(*part);
    }
    bytes
}

/// A box with version 0 and `flags`.
pub(super) fn full(name: [u8; 4], flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let head = flags.to_be_bytes();
    let parts: Vec<&[u8]> = [&head[..]].into_iter().chain(parts.iter().copied()).collect();
    boxed(name, &parts)
}

/// Numbers of 32 bits, one after the other.
pub(super) fn words(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_be_bytes).collect()
}

/// A length or count in 32 bits; films are far smaller than the 4 GB at which that ends.
pub(super) fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes()
}

pub(super) fn file_type() -> Vec<u8> {
    boxed(*b"ftyp", &[b"isom", &word(0x200), b"isomiso2avc1mp41"])
}

/// The head of the media box of `length` bytes, head included.
pub(super) fn media_head(length: u64) -> Vec<u8> {
    let length = word(usize::try_from(length).unwrap_or(usize::MAX));
    [&length[..], b"mdat"].concat()
}

pub(super) const MATRIX: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];

pub(super) fn handler(kind: [u8; 4], name: &[u8]) -> Vec<u8> {
    full(*b"hdlr", 0, &[&[0; 4], &kind, &[0; 12], name, &[0]])
}

/// The media is in this same file.
pub(super) fn data_information() -> Vec<u8> {
    let here = full(*b"url ", 1, &[]);
    boxed(*b"dinf", &[&full(*b"dref", 0, &[&word(1), &here])])
}

/// How pictures are decoded: H.264 with these parameter sets, BT.709 in limited range.
pub(super) fn picture_entry((width, height): (usize, usize), head: &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let (sequence, parameters) = head;
    let profile = sequence.get(1..4).unwrap_or(&[100, 0, 31]);
    let mut sets = vec![1];
    sets.extend(profile);
    sets.extend([0xFF, 0xE1]);
    sets.extend(&word(sequence.len())[2..]);
    sets.extend(sequence);
    sets.push(1);
    sets.extend(&word(parameters.len())[2..]);
    sets.extend(parameters);
    if profile.first() == Some(&100) {
        // High profile says once more that it is 4:2:0 with 8 bits.
        sets.extend([0xFD, 0xF8, 0xF8, 0]);
    }
    let colour = boxed(*b"colr", &[b"nclx", &[0, 1, 0, 1, 0, 1, 0]]);
    let square = boxed(*b"pasp", &[&words([1, 1])]);
    let size = [&word(width)[2..], &word(height)[2..]].concat();
    let resolution = words([0x48_0000, 0x48_0000, 0]);
    let tail = [&[0, 1][..], &[0; 32], &[0, 0x18, 0xFF, 0xFF]].concat();
    let entry = [&[0; 6][..], &[0, 1], &[0; 16], &size, &resolution, &tail].concat();
    boxed(*b"avc1", &[&entry, &boxed(*b"avcC", &[&sets]), &colour, &square])
}

/// How sound is decoded: AAC with this configuration.
pub(super) fn sound_entry(config: &[u8], sample_rate: u32, channels: u16) -> Vec<u8> {
    let specific = descriptor(5, config);
    let rates = [0x40, 0x15, 0, 0x18, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let decoder = descriptor(4, &[&rates[..], &specific].concat());
    let stream = descriptor(3, &[&[0, 0, 0][..], &decoder, &descriptor(6, &[2])].concat());
    let entry = [
        &[0; 6][..],
        &[0, 1],
        &[0; 8],
        &channels.to_be_bytes(),
        &[0, 16, 0, 0, 0, 0],
        &(sample_rate << 16).to_be_bytes(),
    ]
    .concat();
    boxed(*b"mp4a", &[&entry, &full(*b"esds", 0, &[&stream])])
}

fn descriptor(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).unwrap_or(0x7F);
    [&[tag, 0x80, 0x80, 0x80, length][..], content].concat()
}
