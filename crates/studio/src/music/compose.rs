//! From a sheet to a score.

use super::arrange::{Hit, arrange};
use super::form::{BAR, Form, Slot, Stretch, lay_out};
use super::harmony::{Harmony, Key, degrees};
use super::melody::{Tone, Tune};
use super::num::float64;
use super::score::{LineTime, Note, Part, Player, Score, Span};
use super::sheet::SongSheet;
use super::sound::{Mood, Sound};
use crate::random::Random;

const PURPOSE: u64 = 0x50_4e_47;

/// Composes a song of 20 to 40 seconds for the sheet. The same sheet gives the same score.
///
/// This takes no time to speak of, so whoever needs a song's times composes it again.
#[must_use]
pub fn compose(sheet: &SongSheet) -> Score {
    let mut random = Random::new(sheet.seed, PURPOSE);
    let sound = Sound::wanted(&sheet.style, &mut random);
    let mood = Mood::wanted(&sheet.style);
    let key = Key {
        tonic: 57 + i32::try_from(random.below(8)).unwrap_or(0),
        minor: mood.minor.unwrap_or(random.chance(sound.minor)),
    };
    let tempo = (sound.tempo.0 * mood.pace, sound.tempo.1 * mood.pace);
    let form = lay_out(sheet, tempo, &mut random);
    let harmony = harmonise(&form, sound, key, &mut random);

    let mut hits = arrange(&form, &harmony, sound, &mut random);
    let tune = Tune::new(&mut random);
    hits.extend(sing(&form, &tune, key, &harmony));
    score(&form, sound, &hits)
}

/// Chooses the chords, one for every half bar.
fn harmonise(form: &Form, sound: &Sound, key: Key, random: &mut Random) -> Harmony {
    let progressions = if key.minor { sound.in_minor } else { sound.in_major };
    let choice = random.below(6);
    let mut chords = Vec::with_capacity(form.bars * 2);
    let mut before = None;
    let mut since = 0;
    for half in 0..form.bars * 2 {
        let part = form.part_of_bar(half / 2);
        since = if before == Some(part) { since + 1 } else { 0 };
        before = Some(part);
        let row = degrees(progressions, part, choice);
        // The ending is written out: a bar of cadence, then home.
        let place = if part == Part::Outro { since } else { since * 2 / sound.chord_beats };
        chords.push(key.chord(row[place % row.len()], sound.sevenths));
    }
    Harmony(chords)
}

/// The lead: the tune of every line, and the hook where nobody sings.
fn sing(form: &Form, tune: &Tune, key: Key, harmony: &Harmony) -> Vec<Hit> {
    let mut hits = Vec::new();
    for slot in &form.slots {
        let level = if slot.part == Part::Chorus { 1.0 } else { 0.85 };
        let tones = tune.line(key, harmony, slot);
        hits.extend(tones.iter().map(|tone| lead(tone, level, 0)));
        if slot.part == Part::Chorus {
            hits.extend(tones.iter().filter_map(|tone| second_voice(tone, harmony)));
        }
    }
    for stretch in form.stretches.iter().filter(|stretch| stretch.part == Part::Solo) {
        for slot in phrases(stretch) {
            hits.extend(tune.line(key, harmony, &slot).iter().map(|tone| lead(tone, 0.9, 0)));
        }
    }
    let home = Tone { at: float64((form.bars - 1) * BAR), length: 3.5, pitch: key.pitch(7) };
    hits.push(lead(&home, 0.8, 0));
    hits
}

fn lead(tone: &Tone, level: f32, voice: usize) -> Hit {
    Hit {
        player: Player::Lead,
        at: tone.at,
        length: tone.length,
        pitch: tone.pitch + 12,
        level,
        pan: if voice == 0 { 0.0 } else { 0.35 },
        string: 0,
    }
}

/// The chord's next tone below, softly, on the notes that last.
fn second_voice(tone: &Tone, harmony: &Harmony) -> Option<Hit> {
    let chord = harmony.at(tone.at);
    let pitch = (3..=9).map(|by| tone.pitch - by).find(|pitch| chord.has(*pitch))?;
    (tone.length >= 0.4).then(|| lead(&Tone { pitch, ..*tone }, 0.45, 1))
}

/// The bars of an instrumental stretch as lines of eight notes.
fn phrases(stretch: &Stretch) -> impl Iterator<Item = Slot> + use<> {
    let Stretch { part, start, end } = *stretch;
    (0..)
        .map(move |place| Slot {
            part,
            place,
            start: start + float64(place * BAR),
            length: float64(BAR),
            syllables: 8,
        })
        .take_while(move |slot| slot.start + slot.length <= end + 0.01)
}

fn score(form: &Form, sound: &'static Sound, hits: &[Hit]) -> Score {
    let beat = 60.0 / form.bpm;
    let mut notes: Vec<Note> = hits.iter().map(|hit| play(hit, sound, beat)).collect();
    notes.sort_by(|one, other| one.at.total_cmp(&other.at));
    let seconds = form.seconds();
    let mut sections: Vec<Span> = form
        .stretches
        .iter()
        .map(|s| Span { part: s.part, start: s.start * beat, end: s.end * beat })
        .collect();
    if let Some(last) = sections.last_mut() {
        last.end = seconds;
    }
    Score {
        bpm: form.bpm,
        style: sound.name,
        sections,
        lines: form
            .slots
            .iter()
            .map(|slot| LineTime {
                start: slot.start * beat,
                end: (slot.start + slot.length * 0.94) * beat,
            })
            .collect(),
        bars: (0..form.bars).map(|bar| float64(bar * BAR) * beat).collect(),
        seconds,
        sound,
        notes,
    }
}

fn play(hit: &Hit, sound: &Sound, beat: f64) -> Note {
    let strings = f64::from(u32::try_from(hit.string).unwrap_or(0));
    Note {
        player: hit.player,
        at: swung(hit.at, sound.swing) * beat + strings * sound.strum,
        length: hit.length * beat,
        pitch: hit.pitch,
        level: hit.level,
        pan: hit.pan,
    }
}

/// The beat with its second half pushed late by `swing`, and all between in proportion.
fn swung(at: f64, swing: f64) -> f64 {
    let part = at.fract();
    let late = if part < 0.5 { part } else { 1.0 - part };
    at + late * 2.0 * swing
}

#[cfg(test)]
mod tests;
