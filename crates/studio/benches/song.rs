//! How many seconds of song one core makes in a second: composing, playing, mastering, encoding.

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use castad_studio::lyric::{Brief, Language, write};
use castad_studio::music::{SheetSection, SongSheet, aac, compose, render};

const STYLES: [&str; 9] =
    ["acoustic", "ballad", "lofi", "edm", "trot", "jazz", "rock", "city funk", "bossa"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    for style in STYLES {
        let sheet = sheet(style);
        let start = Instant::now();
        let score = compose(&sheet);
        let pcm = render(&score, &mut |_| true).ok_or("stopped")?;
        let played = start.elapsed().as_secs_f64();
        let track = aac::encode(&pcm, &mut |_| true)?;
        let file = aac::write_file(&track)?;
        let all = start.elapsed().as_secs_f64();
        writeln!(
            out,
            "{style:10} {:.1} s of song: played at {:.0}x, with encoding {:.0}x, {} kB",
            score.seconds,
            score.seconds / played,
            score.seconds / all,
            file.len() / 1_000,
        )?;
    }
    Ok(())
}

fn sheet(style: &str) -> SongSheet {
    let brief = Brief {
        business_name: "바람카페".to_owned(),
        region: "연남동".to_owned(),
        details: "직접 볶은 원두".to_owned(),
        language: Language::Korean,
        style: style.to_owned(),
    };
    let sections = write(&brief, 7)
        .sections
        .into_iter()
        .map(|section| SheetSection { kind: section.kind, lines: section.lines })
        .collect();
    SongSheet { sections, style: style.to_owned(), seed: 7 }
}
