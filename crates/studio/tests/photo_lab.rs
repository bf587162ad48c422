//! The photo lab against what people, cameras and attackers upload.

use std::io::Cursor;

use castad_studio::photo::{OUTPUT_SIDE, Photo, PhotoError, develop};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

/// Left half red, right half blue, a green band along the top.
fn flag(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        if y < height / 4 {
            Rgb([20, 200, 40])
        } else if x < width / 2 {
            Rgb([210, 30, 30])
        } else {
            Rgb([30, 40, 210])
        }
    })
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), format).expect("the picture is encoded");
    bytes
}

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    encoded(&flag(width, height).into(), ImageFormat::Jpeg)
}

fn pixels(photo: &Photo) -> RgbImage {
    let pixels = image::load_from_memory_with_format(&photo.jpeg, ImageFormat::Jpeg)
        .expect("it is a JPEG")
        .to_rgb8();
    assert_eq!(pixels.dimensions(), (photo.width, photo.height));
    pixels
}

fn is_near(pixel: Rgb<u8>, wanted: [u8; 3]) -> bool {
    pixel.0.iter().zip(wanted).all(|(part, wanted)| part.abs_diff(wanted) < 24)
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 }
        })
    })
}

fn png_chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [&name, content].concat();
    let length = u32::try_from(content.len()).expect("a chunk is small").to_be_bytes();
    [&length[..], &body, &crc(&body).to_be_bytes()].concat()
}

fn exif(orientation: u8) -> Vec<u8> {
    let tiff = [
        &b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"[..],
        &[orientation],
        &b"\0\0\0\0\0\0"[..],
        b"GPS: 37.5446 N",
    ]
    .concat();
    let length = u16::try_from(tiff.len() + 2).expect("the note is small").to_be_bytes();
    [&[0xFF, 0xE1][..], &length, &tiff].concat()
}

fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    [&jpeg[..2], &exif(orientation), &jpeg[2..]].concat()
}

#[test]
fn jpeg_png_and_webp_come_out_as_jpegs_of_their_size() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let photo = develop(&encoded(&flag(320, 200).into(), format)).unwrap();

        assert_eq!((photo.width, photo.height), (320, 200), "{format:?}");
        let pixels = pixels(&photo);
        assert!(is_near(*pixels.get_pixel(80, 150), [210, 30, 30]), "{format:?}");
        assert!(is_near(*pixels.get_pixel(240, 150), [30, 40, 210]), "{format:?}");
    }
}

#[test]
fn a_header_that_claims_a_huge_picture_is_refused_with_its_numbers() {
    let header =
        [&40_000_u32.to_be_bytes()[..], &40_000_u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let bomb = [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        png_chunk(*b"IHDR", &header),
        png_chunk(*b"IDAT", b"\x78\x9c\x03\0\0\0\0\x01"),
        png_chunk(*b"IEND", b""),
    ]
    .concat();

    let refusal = develop(&bomb).unwrap_err();

    assert_eq!(refusal, PhotoError::TooLarge { width: 40_000, height: 40_000 });
    let text = refusal.to_string();
    assert!(
        text.contains("40000 x 40000") && text.contains("12000") && text.contains("50"),
        "{text}"
    );
}

#[test]
fn a_jpeg_header_that_claims_a_huge_picture_is_refused() {
    let mut bomb = jpeg(128, 128);
    let frame = bomb.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);

    assert_eq!(develop(&bomb), Err(PhotoError::TooLarge { width: 65_535, height: 65_535 }));
}

#[test]
fn what_is_no_photo_is_named() {
    let cases: [(&[u8], &str); 9] = [
        (b"GIF89a\x01\0\x01\0", "a GIF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC"),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "an AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video"),
        (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "an SVG"),
        (b"\n <!DOCTYPE html><html><script>alert(1)</script>", "a web page"),
        (b"%PDF-1.7", "a PDF"),
        (b"PK\x03\x04rest", "a zip"),
        (b"hello", "not a picture"),
    ];
    for (bytes, name) in cases {
        let refusal = develop(bytes).unwrap_err().to_string();
        assert!(refusal.contains(name), "{refusal}");
    }
    assert_eq!(develop(b""), Err(PhotoError::Empty));
}

#[test]
fn a_picture_cut_short_is_damaged_wherever_it_is_cut() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(&flag(400, 300).into(), format);
        for share in [2, 10, 50, 90, 99] {
            let cut = &whole[..whole.len() * share / 100];
            assert!(develop(cut).is_err(), "{format:?} cut to {share} %");
        }
    }
    assert_eq!(develop(&jpeg(400, 300)[..3_000]), Err(PhotoError::Damaged));
}

/// A note of any kind in a JPEG, before its picture.
fn with_comment(jpeg: &[u8], comment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(comment.len() + 2).expect("the comment is short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xFE], &length, comment, &jpeg[2..]].concat()
}

/// The end of an archive that has nothing in it, as every zip has one.
fn zip_end(comment: &[u8]) -> Vec<u8> {
    let length = u16::try_from(comment.len()).expect("the comment is short").to_le_bytes();
    [b"PK\x05\x06", &[0; 16][..], &length, comment].concat()
}

#[test]
fn a_picture_that_is_something_else_besides_is_refused() {
    let (jpeg, png) = (jpeg(200, 200), encoded(&flag(200, 200).into(), ImageFormat::Png));
    let webp = encoded(&flag(200, 200).into(), ImageFormat::WebP);
    let text = png_chunk(*b"tEXt", b"Comment\0<SCRIPT >alert(1)</SCRIPT>");
    let tape = [&[b' '; 251][..], b"ustar\0" as &[u8]].concat();
    let cases = [
        ([&jpeg[..], b"PK\x03\x04 hidden.exe", &zip_end(b"")].concat(), "an archive"),
        ([&png[..], &zip_end(&b".".repeat(60_000))].concat(), "an archive"),
        ([&webp[..], &zip_end(b"")].concat(), "an archive"),
        ([&jpeg[..], b"Rar!\x1A\x07\x01\0"].concat(), "an archive"),
        ([&png[..], b"7z\xBC\xAF\x27\x1C\0\x04"].concat(), "an archive"),
        (with_comment(&jpeg, &tape), "an archive"),
        (with_comment(&jpeg, b"%PDF-1.4 1 0 obj"), "a PDF"),
        (with_comment(&jpeg, b"<?php system($_GET['c']);"), "a script"),
        ([&jpeg[..], b"__HALT_COMPILER();"].concat(), "a script"),
        ([&jpeg[..], b"<html><body>"].concat(), "a web page"),
        ([&webp[..], b"<!DOCTYPE html>"].concat(), "a web page"),
        ([&png[..33], &text[..], &png[33..]].concat(), "a web page"),
    ];
    for (bytes, kind) in cases {
        assert_eq!(develop(&bytes), Err(PhotoError::HidesMore { kind }));
    }
}

#[test]
fn what_cameras_put_into_and_behind_a_picture_does_not_come_out() {
    let picture = with_comment(&with_exif(&jpeg(200, 200), 1), b"hidden <svg>, PK, 7z and Rar!");
    let behind = [
        with_exif(&jpeg(100, 100), 1),
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42 hidden moov".to_vec(),
        b"hidden SEFHk\0\0\0\x01\0\0\0\x18\0\0\0SEFT".to_vec(),
    ];
    for more in behind {
        let photo = develop(&[&picture[..], &more].concat()).unwrap();

        assert_eq!((photo.width, photo.height), (200, 200));
        for secret in [&b"hidden"[..], b"GPS", b"Exif", b"ftyp", b"SEF"] {
            assert!(!photo.jpeg.windows(secret.len()).any(|window| window == secret), "{secret:?}");
        }
    }
}

#[test]
fn every_orientation_comes_out_upright() {
    let upright = flag(160, 96);
    for orientation in 1..=8 {
        let turned = turned_by_the_camera(&upright, orientation);
        let photo = develop(&with_exif(&encoded(&turned, ImageFormat::Jpeg), orientation)).unwrap();

        assert_eq!((photo.width, photo.height), (160, 96), "orientation {orientation}");
        let pixels = pixels(&photo);
        assert!(is_near(*pixels.get_pixel(80, 8), [20, 200, 40]), "orientation {orientation}");
        assert!(is_near(*pixels.get_pixel(30, 70), [210, 30, 30]), "orientation {orientation}");
        assert!(is_near(*pixels.get_pixel(130, 70), [30, 40, 210]), "orientation {orientation}");
    }
}

/// What a camera stores that was held so that `orientation` undoes it.
fn turned_by_the_camera(upright: &RgbImage, orientation: u8) -> DynamicImage {
    let upright = DynamicImage::from(upright.clone());
    match orientation {
        2 => upright.fliph(),
        3 => upright.rotate180(),
        4 => upright.flipv(),
        5 => upright.rotate270().flipv(),
        6 => upright.rotate270(),
        7 => upright.rotate90().flipv(),
        8 => upright.rotate90(),
        _ => upright,
    }
}

#[test]
fn transparency_falls_on_white() {
    let clear =
        RgbaImage::from_fn(100, 100, |x, _| Rgba([200, 0, 0, if x < 50 { 0 } else { 255 }]));

    let photo = develop(&encoded(&clear.into(), ImageFormat::Png)).unwrap();

    let pixels = pixels(&photo);
    assert!(is_near(*pixels.get_pixel(20, 50), [255, 255, 255]));
    assert!(is_near(*pixels.get_pixel(80, 50), [200, 0, 0]));
}

#[test]
fn sixteen_bits_and_grey_are_developed_too() {
    let deep = DynamicImage::from(flag(120, 90)).to_rgb16();
    let grey = DynamicImage::from(flag(120, 90)).to_luma8();

    for picture in [DynamicImage::from(deep), DynamicImage::from(grey)] {
        let photo = develop(&encoded(&picture, ImageFormat::Png)).unwrap();
        assert_eq!((photo.width, photo.height), (120, 90));
    }
}

#[test]
fn a_print_shops_jpeg_in_four_inks_is_developed() {
    let photo = develop(include_bytes!("fixtures/cmyk.jpg")).unwrap();

    assert!(
        is_near(*pixels(&photo).get_pixel(16, 40), [210, 30, 30]),
        "{:?}",
        pixels(&photo).get_pixel(16, 40)
    );
}

#[test]
fn an_animation_in_webp_gives_its_first_picture() {
    let photo = develop(include_bytes!("fixtures/animated.webp")).unwrap();

    assert!(is_near(*pixels(&photo).get_pixel(32, 32), [210, 30, 30]));
}

#[test]
fn a_large_photo_is_scaled_to_the_common_size_in_its_own_shape() {
    let photo = develop(&jpeg(4_000, 3_000)).unwrap();

    assert_eq!((photo.width, photo.height), (OUTPUT_SIDE, 1_920));
}

#[test]
fn the_limits_are_met_exactly() {
    assert!(develop(&jpeg(64, 64)).is_ok());
    assert_eq!(develop(&jpeg(63, 200)), Err(PhotoError::TooSmall { width: 63, height: 200 }));
    assert_eq!(develop(&jpeg(12_001, 64)), Err(PhotoError::TooLarge { width: 12_001, height: 64 }));
    assert!(develop(&jpeg(12_000, 64)).is_ok());
}

#[test]
fn the_same_seed_draws_the_same_sample_and_another_seed_another() {
    use castad_studio::photo::sample;

    for index in 0..4 {
        assert_eq!(sample(1, index, Some("봄날")), sample(1, index, Some("봄날")));
        assert_ne!(sample(1, index, None), sample(2, index, None));
        let photo = develop(&sample(3, index, None)).unwrap();
        assert_eq!((photo.width, photo.height), (1_600, 1_200));
    }
    assert_ne!(sample(1, 0, Some("봄날")), sample(1, 0, None));
}
