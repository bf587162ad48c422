//! What a song is made from.

use crate::lyric::SectionKind;

/// The order for one song.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SongSheet {
    /// The lyric's sections, in order.
    pub sections: Vec<SheetSection>,
    /// The style in the customer's words, Korean or English; empty leaves the choice to the seed.
    pub style: String,
    /// The same sheet and seed make the same song, sample for sample.
    pub seed: u64,
}

/// One section of the lyric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSection {
    /// What the section is in the song.
    pub kind: SectionKind,
    /// Its lines, whose syllables the lead follows.
    pub lines: Vec<String>,
}

/// About how many syllables somebody would sing: a Hangul syllable or a digit is one, and so is a run of Latin vowels.
pub(super) fn syllables(line: &str) -> usize {
    let mut count = 0;
    let mut in_vowel = false;
    for letter in line.chars() {
        let vowel = "aeiouyAEIOUY".contains(letter);
        let whole = letter.is_alphanumeric() && !letter.is_ascii_alphabetic();
        count += usize::from(whole || (vowel && !in_vowel));
        in_vowel = vowel;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::syllables;

    #[test]
    fn syllables_are_counted_in_both_languages() {
        assert_eq!(syllables("바람이 부는 날"), 6);
        assert_eq!(syllables("Meet me at Blue Cafe"), 6);
        assert_eq!(syllables("…"), 1);
    }
}
