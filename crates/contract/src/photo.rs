//! [`PhotoLab`].

use std::sync::Arc;

use bytes::Bytes;
use castad_domain::{
    model::MediaType,
    port::{Photo, PhotoLab},
};

/// `photo_contract!(fresh)`, where `async fn fresh() -> Arc<L>` of any lab `L`.
#[macro_export]
macro_rules! photo_contract {
    ($($fresh:tt)+) => {
        $crate::each_case! { photo {
            a_picture_becomes_a_jpeg_with_its_size
            a_picture_can_be_developed_again
            what_is_no_picture_is_refused
            a_picture_that_would_need_all_memory_is_refused
            nothing_but_pixels_is_kept
        } $($fresh)+ }
    };
}

/// A picture of 640 by 480 pixels, JPEG.
pub const PICTURE: &[u8] = include_bytes!("picture.jpg");

async fn develop<L: PhotoLab + ?Sized>(lab: &L, upload: impl Into<Bytes>) -> Photo {
    lab.develop(upload.into()).await.expect("it is a picture")
}

/// What comes out is JPEG and says how large it is.
pub async fn a_picture_becomes_a_jpeg_with_its_size<L: PhotoLab + ?Sized>(lab: &Arc<L>) {
    let photo = develop(&**lab, PICTURE).await;
    assert!(MediaType::Jpeg.matches(&photo.jpeg));
    assert_eq!((photo.width, photo.height), (640, 480));
}

/// What a lab made it also takes, and the size stays.
pub async fn a_picture_can_be_developed_again<L: PhotoLab + ?Sized>(lab: &Arc<L>) {
    let once = develop(&**lab, PICTURE).await;
    let twice = develop(&**lab, once.jpeg).await;
    assert_eq!((twice.width, twice.height), (640, 480));
}

/// What a file is, is seen from its bytes; the refusal says something.
pub async fn what_is_no_picture_is_refused<L: PhotoLab + ?Sized>(lab: &Arc<L>) {
    let uploads: [&[u8]; 9] = [
        b"",
        b"\xff",
        b"hello",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/passwd\"/></svg>",
        b"PK\x03\x04\x14\0\0\0 an archive",
        b"\x7fELF\x02\x01\x01 a program",
        b"%PDF-1.7 a document",
        b"\0\0\0\x18ftypisom a film",
    ];
    for upload in uploads {
        let refused = lab.develop(Bytes::from_static(upload)).await;
        let refused = refused.expect_err("it is no picture");
        assert!(!refused.to_string().is_empty());
    }
}

/// A small file that says it is 60,000 pixels wide and high is refused before it is decoded.
pub async fn a_picture_that_would_need_all_memory_is_refused<L: PhotoLab + ?Sized>(lab: &Arc<L>) {
    let mut bomb = b"\x89PNG\r\n\x1a\n".to_vec();
    bomb.extend(chunk(b"IHDR", b"\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0"));
    bomb.extend(chunk(b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"));
    bomb.extend(chunk(b"IEND", b""));
    lab.develop(bomb.into()).await.expect_err("it is too large");
}

fn chunk(kind: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("it is short");
    let named = [kind, data].concat();
    [&length.to_be_bytes()[..], &named, &crc32(&named).to_be_bytes()].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

/// Where and with what it was taken, and what else was written beside the picture, is dropped.
pub async fn nothing_but_pixels_is_kept<L: PhotoLab + ?Sized>(lab: &Arc<L>) {
    let secret = b"GPS 35.1587N 129.1604E";
    let segment = |marker: u8, name: &[u8]| {
        let length = u16::try_from(2 + name.len() + secret.len()).expect("it is short");
        [&[0xff, marker], &length.to_be_bytes()[..], name, secret].concat()
    };
    let exif = segment(0xe1, b"Exif\0\0");
    let comment = segment(0xfe, b"");
    let upload = [&PICTURE[..2], &exif, &comment, &PICTURE[2..]].concat();

    let photo = develop(&**lab, upload).await;
    assert!(!photo.jpeg.windows(secret.len()).any(|bytes| bytes == secret));
    assert_eq!((photo.width, photo.height), (640, 480));
}
