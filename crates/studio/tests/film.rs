//! Whole films, read back by a box reader of the tests' own.

mod film {
    pub(crate) mod boxes;
    pub(crate) mod sheet;
}

use std::io::Cursor;

use castad_studio::video::{Film, Language, Orientation, Storyboard, VideoError, render};
use film::boxes::{File, Track};
use film::sheet::storyboard;

fn filmed(storyboard: &Storyboard, threads: usize) -> (Film, Vec<u8>) {
    let mut out = Cursor::new(Vec::new());
    let film =
        render(storyboard, &mut out, Some(threads), &mut |_| true).expect("the film is made");
    (film, out.into_inner())
}

fn milliseconds(units: u64, clock: u32) -> u64 {
    units * 1_000 / u64::from(clock)
}

fn assert_lies_within_the_media(track: &Track, file: &File<'_>) {
    let (start, end) = file.media();
    let mut last = start;
    for (place, size) in track.samples() {
        assert!(place >= last && place + size <= end, "{place} + {size}");
        last = place + size;
    }
}

#[test]
fn each_orientation_has_its_size_its_length_and_its_key_frames() {
    for (orientation, size) in [
        (Orientation::Horizontal, (1_280, 720)),
        (Orientation::Vertical, (720, 1_280)),
        (Orientation::Square, (720, 720)),
    ] {
        let (made, bytes) = filmed(&storyboard(orientation, Language::Korean, 4.3), 2);

        assert_eq!((made.width, made.height), size);
        assert_eq!((made.frames, made.duration_ms), (129, 4_300));
        let file = File::read(&bytes);
        assert_eq!(file.order(), ["ftyp", "moov", "mdat"], "the index comes first");
        let (pictures, sound) = (file.track("vide"), file.track("soun"));
        assert_eq!(pictures.size, size);
        assert_eq!(pictures.sizes.len(), 129);
        assert_eq!(pictures.keys, [1, 61, 121]);
        let shown = milliseconds(pictures.edit.duration, file.clock);
        let heard = milliseconds(sound.edit.duration, file.clock);
        assert!(shown.abs_diff(heard) <= 50, "{shown} and {heard}");
        assert_eq!(sound.edit.start, 1_024, "the priming is dropped");
        assert_lies_within_the_media(&pictures, &file);
        assert_lies_within_the_media(&sound, &file);
    }
}

#[test]
fn the_sound_in_the_film_is_the_song_frame_by_frame() {
    let sheet = storyboard(Orientation::Square, Language::English, 2.0);
    let (_, bytes) = filmed(&sheet, 1);

    let file = File::read(&bytes);
    let found: Vec<&[u8]> =
        file.track("soun").samples().map(|(at, size)| &bytes[at..at + size]).collect();

    let wanted: Vec<&[u8]> = sheet.soundtrack.payloads().take(found.len()).collect();
    assert_eq!(found, wanted);
    assert!(found.len() * 1_024 >= 1_024 + 96_000);
}

#[test]
fn the_pictures_can_be_decoded_and_are_not_black() {
    let (_, bytes) = filmed(&storyboard(Orientation::Square, Language::English, 2.5), 2);

    let file = File::read(&bytes);
    let stream = file.track("vide").annex_b(&bytes);
    let pictures = rusty_h264::Decoder::new().decode_stream(&stream).unwrap();

    assert_eq!(pictures.len(), 75);
    for picture in &pictures {
        assert_eq!((picture.width, picture.height), (720, 720));
        let mean =
            picture.y.iter().map(|light| u64::from(*light)).sum::<u64>() / picture.y.len() as u64;
        assert!((30..225).contains(&mean), "{mean}");
    }
    assert_ne!(pictures[0].y, pictures[30].y, "the camera moves");
}

#[test]
fn one_thread_and_two_make_the_same_bytes() {
    let sheet = storyboard(Orientation::Square, Language::Korean, 6.1);

    assert_eq!(filmed(&sheet, 1).1, filmed(&sheet, 2).1);
}

#[test]
fn captions_and_names_that_cannot_be_drawn_do_no_harm() {
    let mut sheet = storyboard(Orientation::Square, Language::English, 2.0);
    sheet.business = "\u{1F389}".to_owned();
    sheet.region = String::new();
    sheet.captions[0].text = "\u{1F600}\u{200D}\u{1F525}".to_owned();
    sheet.captions[1].text = "뷁".repeat(300);

    assert_eq!(filmed(&sheet, 2).0.frames, 60);
}

#[test]
fn photos_of_every_shape_fit_every_frame() {
    for orientation in [Orientation::Horizontal, Orientation::Vertical, Orientation::Square] {
        let mut sheet = storyboard(orientation, Language::Korean, 0.4);
        for shape in [(64, 64), (64, 1_000), (2_560, 64), (101, 77), (2, 2)] {
            sheet.photos = vec![film::sheet::photo(shape.0, shape.1)];
            assert_eq!(filmed(&sheet, 2).0.frames, 12, "{shape:?} in {orientation:?}");
        }
    }
}

#[test]
fn a_no_stops_the_film_at_once() {
    let sheet = storyboard(Orientation::Horizontal, Language::Korean, 20.0);
    for patience in [0, 1, 3] {
        let mut asked = 0;
        let mut out = Cursor::new(Vec::new());
        let outcome = render(&sheet, &mut out, Some(2), &mut |_| {
            asked += 1;
            asked <= patience
        });

        assert!(matches!(outcome, Err(VideoError::Canceled)), "{outcome:?}");
        assert_eq!(asked, patience + 1, "nobody is asked again after a no");
    }
}

#[test]
fn progress_goes_up_and_ends_near_one() {
    let mut told = Vec::new();
    let mut out = Cursor::new(Vec::new());
    let sheet = storyboard(Orientation::Square, Language::Korean, 4.0);
    render(&sheet, &mut out, Some(2), &mut |share| {
        told.push(share);
        true
    })
    .unwrap();

    assert!(told.windows(2).all(|pair| pair[0] <= pair[1]), "{told:?}");
    assert!(told.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(told.last().is_some_and(|last| *last >= 0.99), "{told:?}");
}

#[test]
fn a_storyboard_that_makes_no_film_is_refused_by_name() {
    let good = storyboard(Orientation::Square, Language::Korean, 1.0);
    let refusal = |sheet: &Storyboard| {
        render(sheet, &mut Cursor::new(Vec::new()), Some(1), &mut |_| true).unwrap_err().to_string()
    };

    let none = Storyboard { photos: Vec::new(), ..good.clone() };
    assert_eq!(refusal(&none), "0 photos given, from 1 to 20 are needed");
    let many = Storyboard { photos: vec![good.photos[0].clone(); 21], ..good.clone() };
    assert_eq!(refusal(&many), "21 photos given, from 1 to 20 are needed");
    let broken =
        Storyboard { photos: vec![good.photos[0].clone(), b"GIF89a".to_vec()], ..good.clone() };
    assert_eq!(refusal(&broken), "photo number 2 cannot be read");
    let mut silent = good;
    silent.soundtrack.frames.clear();
    assert_eq!(refusal(&silent), "the soundtrack is empty or damaged");
}

#[test]
fn a_disk_that_is_full_is_reported() {
    let sheet = storyboard(Orientation::Square, Language::Korean, 1.0);
    let mut room = [0_u8; 5_000];

    let outcome = render(&sheet, &mut Cursor::new(&mut room[..]), Some(1), &mut |_| true);

    assert!(matches!(outcome, Err(VideoError::Write(_))), "{outcome:?}");
}
