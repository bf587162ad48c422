//! The built-in lyric engine: couplets about the trade, the place and the name, in Korean or English.

mod details;
mod english;
mod fill;
mod korean;
mod particle;
mod trade;

use crate::random::Random;
use fill::Filler;
use trade::Trade;

const PURPOSE: u64 = 0x4c_59_52;

/// What the owner told about the business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    /// The name as it stands over the door, in any script.
    pub business_name: String,
    /// Where it is; may be empty.
    pub region: String,
    /// What the owner says about it; may be empty.
    pub details: String,
    /// The lyric's language.
    pub language: Language,
    /// The song's style in the owner's words; may be empty.
    pub style: String,
}

/// A language that lyrics are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// 한국어.
    Korean,
    /// English.
    English,
}

/// A lyric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The song's title.
    pub title: String,
    /// The sections in the order in which they are sung.
    pub sections: Vec<Section>,
}

/// A section of a lyric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it is in the song.
    pub kind: SectionKind,
    /// Its lines, each short enough for a caption.
    pub lines: Vec<String>,
}

/// What a section is in the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// Tells.
    Verse,
    /// Carries the name.
    Chorus,
    /// Looks at it from elsewhere.
    Bridge,
    /// The last words.
    Outro,
}

impl Words {
    /// Every line, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(|section| section.lines.iter().map(String::as_str))
    }
}

/// Two lines that belong together, with `{name}`, `{place}` and, after a colon, a Korean particle to match.
type Couplet = [&'static str; 2];

/// What one language has to say.
struct Phrases {
    /// Arrivals, each naming the place.
    openings: &'static [Couplet],
    /// Choruses for quiet and for lively songs, each naming the business.
    calm: &'static [Couplet],
    lively: &'static [Couplet],
    bridges: &'static [Couplet],
    /// Last words, each naming the business.
    endings: &'static [Couplet],
    /// What may stand under a phrase of the owner's own.
    after_details: &'static [&'static str],
    titles: &'static [&'static str],
    trade: fn(Trade) -> &'static [Couplet],
    /// What stands in for an empty name and an empty place.
    name: &'static str,
    place: &'static str,
}

/// Writes a lyric of 8 to 14 lines; the same brief and seed give the same one.
#[must_use]
pub fn write(brief: &Brief, seed: u64) -> Words {
    let phrases = match brief.language {
        Language::Korean => &korean::PHRASES,
        Language::English => &english::PHRASES,
    };
    let filler = Filler::new(brief, phrases.name, phrases.place);
    let mut random = Random::new(seed, PURPOSE);
    let trade = (phrases.trade)(Trade::of(&brief.business_name, &brief.details));
    let mut told = shuffled(trade, &mut random).into_iter();

    let mut first = filler.couplet(phrases.openings, &mut random);
    first.extend(told.next().map(|pair| filler.lines(pair)).unwrap_or_default());
    let chorus = chorus(brief, phrases, &filler, &mut random);
    let mut second = own_words(brief, phrases, &filler, &mut random);
    if second.is_empty() || random.chance(0.4) {
        second.extend(told.next().map(|pair| filler.lines(pair)).unwrap_or_default());
    }

    let short = second.len() <= 2;
    let mut sections = vec![
        Section { kind: SectionKind::Verse, lines: first },
        Section { kind: SectionKind::Chorus, lines: chorus },
        Section { kind: SectionKind::Verse, lines: second },
    ];
    if short && random.chance(0.5) {
        let lines = filler.lines(random.pick(phrases.bridges));
        sections.push(Section { kind: SectionKind::Bridge, lines });
    }
    let lines = filler.couplet(phrases.endings, &mut random);
    sections.push(Section { kind: SectionKind::Outro, lines });
    Words { title: filler.title(phrases.titles, &mut random), sections }
}

/// Two couplets with the name, in the spirit of the style.
fn chorus(brief: &Brief, phrases: &Phrases, filler: &Filler, random: &mut Random) -> Vec<String> {
    let pool = match trade::spirit(&brief.style) {
        Some(trade::Spirit::Calm) => phrases.calm.to_vec(),
        Some(trade::Spirit::Lively) => phrases.lively.to_vec(),
        None => [phrases.calm, phrases.lively].concat(),
    };
    let mut lines = filler.couplet(&pool, random);
    let others: Vec<Couplet> =
        pool.into_iter().filter(|pair| !lines.contains(&filler.line(pair[1]))).collect();
    lines.extend(filler.couplet(&others, random));
    lines
}

/// A phrase out of the details, and a line of ours under it.
fn own_words(
    brief: &Brief,
    phrases: &Phrases,
    filler: &Filler,
    random: &mut Random,
) -> Vec<String> {
    let usable = details::phrases(&brief.details, brief.language);
    if usable.is_empty() {
        return Vec::new();
    }
    let own = random.pick(&usable).clone();
    let under: &&str = random.pick(phrases.after_details);
    vec![own, filler.line(under)]
}

fn shuffled<'a>(pool: &'a [Couplet], random: &mut Random) -> Vec<&'a Couplet> {
    let mut pool: Vec<&Couplet> = pool.iter().collect();
    random.shuffle(&mut pool);
    pool
}

#[cfg(test)]
mod tests;
