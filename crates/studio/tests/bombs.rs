//! Files that are small and say that they are large: what they cost is bounded.
//!
//! A file of its own, since the memory of the whole process is looked at.

use std::io::{Cursor, Write};

use castad_studio::photo::{PhotoError, develop};
use flate2::{Compression, Crc, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, RgbImage};

/// So much a packed note claims to be.
const UNPACKED_MIB: usize = 256;
/// What a picture of a few pixels may need, whatever its file says, in KiB.
const ENOUGH: u64 = 100 << 10;

fn png_chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [&name, content].concat();
    let mut crc = Crc::new();
    crc.update(&body);
    let length = u32::try_from(content.len()).expect("a chunk is small").to_be_bytes();
    [&length[..], &body, &crc.sum().to_be_bytes()].concat()
}

fn packed_zeros() -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    let part = vec![0; 1 << 20];
    for _ in 0..UNPACKED_MIB {
        packer.write_all(&part).expect("memory takes everything");
    }
    packer.finish().expect("memory takes everything")
}

fn small(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = DynamicImage::from(RgbImage::new(128, 128));
    picture.write_to(&mut bytes, format).expect("the picture is encoded");
    bytes.into_inner()
}

/// The most memory that this process ever had, in KiB.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the system tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the peak is told");
    let number = line.split_whitespace().nth(1).expect("it is a number");
    number.parse().expect("it is a number")
}

#[cfg(not(target_os = "linux"))]
fn peak() -> u64 {
    0
}

/// A picture of one colour in so many passes, each of which costs the decoder a walk over all of it.
fn in_passes(passes: usize) -> Vec<u8> {
    const SIDE: u8 = 128;
    let blocks = usize::from(SIDE) * usize::from(SIDE) / 64;
    let table = |class: u8, lengths: [u8; 16], values: &[u8]| {
        let length = u8::try_from(19 + values.len()).expect("a table is short");
        [&[0xFF, 0xC4, 0, length, class][..], &lengths, values].concat()
    };
    let one_code = |bits: usize| std::array::from_fn(|at| u8::from(at + 1 == bits));
    let quantities = [&[0xFF, 0xDB, 0, 67, 0][..], &[1; 64]].concat();
    let frame = [0xFF, 0xC2, 0, 11, 8, 0, SIDE, 0, SIDE, 1, 1, 0x11, 0];
    let scan = |from: u8, to: u8| {
        // Each block is one code of one bit: nothing differs, nothing follows.
        let head = [0xFF, 0xDA, 0, 8, 1, 1, 0, from, to, 0];
        [&head[..], &vec![0; blocks / 8]].concat()
    };
    let mut file = [
        &[0xFF, 0xD8][..],
        &quantities,
        &frame,
        &table(0x00, one_code(1), &[0]),
        &table(0x10, one_code(1), &[0]),
        &scan(0, 0),
    ]
    .concat();
    for _ in 1..passes {
        file.extend(scan(1, 63));
    }
    file.extend([0xFF, 0xD9]);
    file
}

#[test]
fn what_a_small_file_costs_is_bounded() {
    let png = small(ImageFormat::Png);
    let behind_header = |chunk: Vec<u8>| [&png[..33], &chunk, &png[33..]].concat();
    let zeros = packed_zeros();
    let note = |words: &[u8]| [words, &zeros].concat();
    let pixels = png_chunk(*b"IDAT", &zeros);
    let bombs = [
        ("a note", behind_header(png_chunk(*b"zTXt", &note(b"Comment\0\0")))),
        ("a note in any script", behind_header(png_chunk(*b"iTXt", &note(b"Comment\0\x01\0\0\0")))),
        ("colours", behind_header(png_chunk(*b"iCCP", &note(b"sRGB\0\0")))),
        ("pixels", [&png[..33], &pixels, &png_chunk(*b"IEND", b"")].concat()),
    ];
    let before = peak();
    for (name, bomb) in bombs {
        assert!(bomb.len() < 1 << 20, "{name} is packed in {} bytes", bomb.len());
        // Its few pixels are developed, or it is refused: either will do.
        drop(develop(&bomb));
        let grown = peak() - before;
        assert!(grown < ENOUGH, "{name} of {UNPACKED_MIB} MiB cost {grown} KiB");
    }
}

#[test]
fn a_picture_in_too_many_passes_is_refused() {
    assert!(develop(&in_passes(20)).is_ok());
    assert_eq!(develop(&in_passes(2_000)), Err(PhotoError::Damaged));
}
