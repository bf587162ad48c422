//! Korean particles follow the sound that a word ends in.

/// How a word ends when it is spoken in Korean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Vowel,
    /// The final ㄹ, which 으로 treats like a vowel.
    Rieul,
    Consonant,
}

/// A particle with two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Particle {
    /// 은/는.
    Topic,
    /// 이/가.
    Subject,
    /// 을/를.
    Object,
    /// 과/와.
    And,
    /// 으로/로.
    Toward,
    /// 이야/야.
    Is,
    /// 이라/라.
    Called,
    /// 이면/면.
    If,
}

impl Particle {
    /// The particle by its form after a consonant.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "은" => Some(Self::Topic),
            "이" => Some(Self::Subject),
            "을" => Some(Self::Object),
            "과" => Some(Self::And),
            "으로" => Some(Self::Toward),
            "이야" => Some(Self::Is),
            "이라" => Some(Self::Called),
            "이면" => Some(Self::If),
            _ => None,
        }
    }

    /// The form that follows `word`.
    pub(super) fn after(self, word: &str) -> &'static str {
        let ending = ending(word);
        let (consonant, vowel) = match self {
            Self::Topic => ("은", "는"),
            Self::Subject => ("이", "가"),
            Self::Object => ("을", "를"),
            Self::And => ("과", "와"),
            Self::Toward if ending == Ending::Rieul => return "로",
            Self::Toward => ("으로", "로"),
            Self::Is => ("이야", "야"),
            Self::Called => ("이라", "라"),
            Self::If => ("이면", "면"),
        };
        if ending == Ending::Vowel { vowel } else { consonant }
    }
}

fn ending(word: &str) -> Ending {
    let spoken = word.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    match spoken.chars().next_back() {
        Some(last @ '가'..='힣') => match (u32::from(last) - u32::from('가')) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        // 일, 칠, 팔; 영, 삼, 육.
        Some('1' | '7' | '8') => Ending::Rieul,
        Some('0' | '3' | '6') => Ending::Consonant,
        Some(last) if last.is_ascii_alphabetic() => latin(spoken),
        _ => Ending::Vowel,
    }
}

/// The last Latin word as Koreans say it: letter by letter when it is all capitals, else as a word.
fn latin(spoken: &str) -> Ending {
    let start = spoken.rfind(|letter: char| !letter.is_ascii_alphabetic());
    let word = start.map_or(spoken, |at| {
        spoken[at..].trim_start_matches(|letter: char| !letter.is_ascii_alphabetic())
    });
    let spelled = word.len() <= 4 && word.chars().all(|letter| letter.is_ascii_uppercase());
    let lower = word.to_ascii_lowercase();
    if spelled {
        return match lower.chars().next_back() {
            Some('l' | 'r') => Ending::Rieul,
            Some('m' | 'n') => Ending::Consonant,
            _ => Ending::Vowel,
        };
    }
    read(lower.as_bytes())
}

fn read(word: &[u8]) -> Ending {
    let vowel = |letter: &u8| b"aeiou".contains(letter);
    match word {
        [.., b'l'] | [.., b'l', b'e'] => Ending::Rieul,
        // A silent e: time, wine.
        [.., before, b'm' | b'n', b'e'] if vowel(before) => Ending::Consonant,
        // Book, shop, market end short; park and roast do not.
        [.., b'm' | b'n'] | [.., b'n', b'g'] | [.., b'o', b'o', b'k'] | [.., b'c', b'k'] => {
            Ending::Consonant
        }
        [.., first, second, b'p' | b't' | b'k' | b'c'] if vowel(second) && !vowel(first) => {
            Ending::Consonant
        }
        _ => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::Particle;

    fn with(word: &str, particle: &str) -> String {
        word.to_owned() + Particle::named(particle).unwrap().after(word)
    }

    #[test]
    fn particles_follow_the_last_sound_of_a_hangul_name() {
        for (word, particle, expected) in [
            ("바람카페", "은", "바람카페는"),
            ("달빛식당", "은", "달빛식당은"),
            ("커피", "을", "커피를"),
            ("꽃집", "을", "꽃집을"),
            ("서울", "으로", "서울로"),
            ("부산", "으로", "부산으로"),
            ("제주", "으로", "제주로"),
            ("봄날", "과", "봄날과"),
            ("미소", "과", "미소와"),
            ("하루", "이야", "하루야"),
            ("오늘(본점)", "이", "오늘(본점)이"),
        ] {
            assert_eq!(with(word, particle), expected);
        }
    }

    #[test]
    fn particles_follow_digits_and_latin_names_as_they_are_spoken() {
        for (word, particle, expected) in [
            ("카페 24", "은", "카페 24는"),
            ("스튜디오 3", "이", "스튜디오 3이"),
            ("Gym 1", "으로", "Gym 1로"),
            ("Blue Cafe", "은", "Blue Cafe는"),
            ("Moon", "이", "Moon이"),
            ("Hair Salon", "을", "Hair Salon을"),
            ("Hotel", "으로", "Hotel로"),
            ("Coffee Shop", "은", "Coffee Shop은"),
            ("Book", "과", "Book과"),
            ("The Park", "은", "The Park는"),
            ("Tea Time", "은", "Tea Time은"),
            ("ABC", "이", "ABC가"),
            ("KFM", "은", "KFM은"),
            ("House", "을", "House를"),
        ] {
            assert_eq!(with(word, particle), expected);
        }
    }
}
