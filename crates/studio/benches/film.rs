//! Pictures per second of the film engine: `cargo bench -p castad-studio --bench film`.
//!
//! "1 x" is real time at 30 pictures a second; drawing, encoding and writing are all included.

#[path = "../tests/film/sheet.rs"]
mod sheet;

use std::io::Cursor;
use std::time::Instant;

use castad_studio::photo::sample;
use castad_studio::video::{FRAME_RATE, Language, Orientation, Storyboard, render};

const SECONDS: f32 = 20.0;

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    for orientation in [Orientation::Horizontal, Orientation::Vertical, Orientation::Square] {
        let photos = (0..8).map(|index| sample(1, index, Some("봄날 카페"))).collect();
        let small = sheet::storyboard(orientation, Language::Korean, SECONDS);
        let storyboard = Storyboard { photos, ..small };
        for threads in [1, cores] {
            measure(&storyboard, threads);
        }
    }
}

#[expect(clippy::print_stdout, reason = "a bench reports on the terminal")]
fn measure(storyboard: &Storyboard, threads: usize) {
    let mut out = Cursor::new(Vec::new());
    let start = Instant::now();
    let film =
        render(storyboard, &mut out, Some(threads), &mut |_| true).expect("the film is made");
    let rate = f64::from(film.frames) / start.elapsed().as_secs_f64();
    let (width, height) = storyboard.orientation.size();
    let times = rate / f64::from(FRAME_RATE);
    let megabytes = out.get_ref().len() >> 20;
    println!(
        "{width} x {height}, {threads} threads: {rate:.0} pictures/s, {times:.1} x, {megabytes} MB"
    );
}
