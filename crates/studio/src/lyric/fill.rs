//! Puts names and places into lines, with their particles, and keeps lines short.

use super::particle::Particle;
use super::{Brief, Couplet, shuffled};
use crate::random::Random;

/// The widest line, in columns: 24 Hangul syllables or 48 Latin letters.
pub(super) const WIDEST: usize = 48;

/// A Hangul syllable, like any letter outside Latin, is two columns wide.
pub(super) fn width(line: &str) -> usize {
    line.chars().map(|letter| if letter < '\u{1100}' { 1 } else { 2 }).sum()
}

#[derive(Debug)]
pub(super) struct Filler {
    name: String,
    place: String,
}

impl Filler {
    pub(super) fn new(brief: &Brief, name: &str, place: &str) -> Self {
        let or = |text: &str, other: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            if words.is_empty() { other.to_owned() } else { words.join(" ") }
        };
        Self { name: or(&brief.business_name, name), place: or(&brief.region, place) }
    }

    /// The line with its slots filled.
    pub(super) fn line(&self, template: &str) -> String {
        let mut line = String::new();
        let mut rest = template;
        while let Some((before, slot_and_after)) = rest.split_once('{') {
            line.push_str(before);
            let (slot, after) = slot_and_after.split_once('}').unwrap_or((slot_and_after, ""));
            let (what, particle) = slot.split_once(':').unwrap_or((slot, ""));
            let word = if what == "name" { &self.name } else { &self.place };
            line.push_str(word);
            line.push_str(Particle::named(particle).map_or("", |p| p.after(word)));
            rest = after;
        }
        line.push_str(rest);
        capitalised(line)
    }

    pub(super) fn lines(&self, pair: &Couplet) -> Vec<String> {
        pair.iter().map(|template| self.line(template)).collect()
    }

    /// One of the couplets that stay short; where none does, the long word has a line to itself.
    pub(super) fn couplet(&self, pool: &[Couplet], random: &mut Random) -> Vec<String> {
        let pool = shuffled(pool, random);
        let fits = pool.iter().find(|pair| pair.iter().all(|line| self.fits(line)));
        let pair = fits.or(pool.first()).copied().unwrap_or(&["{name}", "{place}"]);
        pair.iter()
            .map(
                |template| {
                    if self.fits(template) { self.line(template) } else { self.bare(template) }
                },
            )
            .collect()
    }

    pub(super) fn title(&self, pool: &[&str], random: &mut Random) -> String {
        let mut pool = pool.to_vec();
        random.shuffle(&mut pool);
        let fits = pool.iter().find(|template| self.fits(template));
        fits.map_or_else(|| self.name.clone(), |template| self.line(template))
    }

    fn fits(&self, template: &str) -> bool {
        width(&self.line(template)) <= WIDEST
    }

    fn bare(&self, template: &str) -> String {
        if template.contains("{name") { self.name.clone() } else { self.place.clone() }
    }
}

fn capitalised(line: String) -> String {
    let mut letters = line.chars();
    match letters.next() {
        Some(first) if first.is_ascii_lowercase() => {
            first.to_ascii_uppercase().to_string() + letters.as_str()
        }
        _ => line,
    }
}
