//! The tiny films that the stand-in for a renderer serves, one a shape:
//! `cargo run -p castad-studio --example tiny_films -- crates/stand-ins/src/creatomate`.

use std::{fs, io::Cursor, path::PathBuf};

use castad_studio::{
    music::{Pcm, SAMPLE_RATE, aac},
    video::{Language, Orientation, Storyboard, render},
};
use image::{Rgb, RgbImage, codecs::jpeg::JpegEncoder};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("a folder must be named")?);
    for (name, orientation) in [
        ("vertical", Orientation::Vertical),
        ("square", Orientation::Square),
        ("horizontal", Orientation::Horizontal),
    ] {
        let mut film = Cursor::new(Vec::new());
        render(&storyboard(orientation)?, &mut film, None, &mut |_| true)?;
        fs::write(folder.join(format!("{name}.mp4")), film.into_inner())?;
    }
    Ok(())
}

fn storyboard(orientation: Orientation) -> Result<Storyboard, Box<dyn std::error::Error>> {
    let mut photo = Vec::new();
    let plain = RgbImage::from_pixel(64, 64, Rgb([90, 110, 130]));
    JpegEncoder::new(&mut photo).encode_image(&plain)?;
    // Longer ones would be no better to test with, and larger to keep.
    let silence = vec![0.0; SAMPLE_RATE as usize / 4];
    let moment = Pcm { left: silence.clone(), right: silence };
    let soundtrack = aac::encode(&moment, &mut |_| true)?;
    Ok(Storyboard {
        orientation,
        photos: vec![photo],
        business: String::new(),
        region: String::new(),
        language: Language::English,
        captions: Vec::new(),
        bars_ms: Vec::new(),
        sections_ms: Vec::new(),
        soundtrack,
        instrumental: false,
    })
}
