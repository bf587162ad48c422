//! The built-in studio: writes the words, plays the song, cuts the film, keeps the files.
//!
//! [`Studio`] puts the engines behind the ports of the domain, and [`LocalMedia`] keeps files in a
//! folder. Beneath them, [`lyric`], [`music`], [`photo`] and [`video`] are plain functions.
//!
//! What it promises:
//!
//! * It needs no network, no key and no other program.
//! * The same order and seed make the same words, song and film, byte for byte.
//! * A job that was begun goes on after its process was killed, and is seen by every process that
//!   opened the same folder.
//! * Songs are instrumentals and say so: a lead plays the tune of the words, and the words are shown.
//!
//! What it never does: sing, follow an address, or keep anything of an upload but its pixels.
//!
//! ```
//! # use std::sync::Arc;
//! # use castad_domain::{
//! #     model::{Brief, BusinessName, Details, Language, LyricId, Orientation, Region},
//! #     port::{LyricOrder, LyricWriter},
//! # };
//! # use castad_studio::{LocalMedia, Studio};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let data = std::env::temp_dir().join(format!("castad-studio-doc-{}", std::process::id()));
//! let media = Arc::new(LocalMedia::open(data.join("media"))?);
//! let studio = Studio::open(data.join("studio"), None, media)?;
//! # let brief = Brief {
//! #     business_name: BusinessName::parse("다온카페")?,
//! #     region: Region::parse("부산 해운대")?,
//! #     details: Details::none(),
//! #     language: Language::Korean,
//! #     orientation: Orientation::Vertical,
//! #     style: None,
//! #     seed: None,
//! # };
//! let order = LyricOrder { lyric: LyricId::from_bits(1), brief };
//! let words = studio.writer().write(&order, Arc::new(())).await?;
//! assert!(words.lines().any(|line| line.contains("다온카페")));
//! # std::fs::remove_dir_all(data)?;
//! # Ok(())
//! # }
//! ```

pub mod lyric;
pub mod music;
pub mod photo;
pub mod video;

mod disk;
mod files;
mod lettering;
mod random;
mod studio;
mod workshop;

pub use disk::LocalMedia;
pub use photo::sample as sample_picture;
pub use studio::{Studio, StudioComposer, StudioLab, StudioRenderer, StudioWriter};
