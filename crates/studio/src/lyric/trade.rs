//! What kind of business it is, and what kind of song.

/// A kind of business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trade {
    Cafe,
    Bakery,
    Restaurant,
    Bar,
    Salon,
    Flowers,
    Gym,
    Academy,
    Clinic,
    Stay,
    Pets,
    Shop,
}

/// Signs between bars: a leading space wants the beginning of a word, a trailing one its end.
const SIGNS: [(Trade, &[&str]); 11] = [
    (
        Trade::Cafe,
        &[
            "카페|커피|다방|찻집|로스터|에스프레소|라떼| cafe| café| coffee| espresso",
            " roaster| tea ",
        ],
    ),
    (
        Trade::Bakery,
        &[
            "베이커리|빵|제과|케이크|디저트|도넛|쿠키|떡집| bak| bread| cake| pastr",
            " patisserie| donut| dessert",
        ],
    ),
    (
        Trade::Restaurant,
        &[
            "식당|맛집|국밥|갈비|고기|냉면|치킨|피자|분식|횟집|초밥|스시|파스타|레스토랑|반점|국수|밥상|한정식|족발",
            "곱창|칼국수|요리|김밥|떡볶이|버거| restaurant| kitchen| grill| bbq| sushi",
            " pizza| pasta| diner| bistro| noodle| chicken| burger| taco",
            " steak| food ",
        ],
    ),
    (
        Trade::Bar,
        &[
            "포차|주점|호프|맥주|와인|칵테일|이자카야|술집|막걸리| bar | pub | beer| wine| brew",
            " cocktail| taproom",
        ],
    ),
    (
        Trade::Salon,
        &[
            "미용실|헤어|네일|뷰티|살롱|염색|피부관리|에스테틱|이발|바버| hair| salon| nail",
            " beauty| barber| spa | lash",
        ],
    ),
    (Trade::Flowers, &["꽃|플라워|화원|플로리스트|부케| flower| florist| floral| bouquet| bloom"]),
    (
        Trade::Gym,
        &[
            "헬스|피트니스|필라테스|요가|짐 |크로스핏|체육관|태권도|복싱|수영|클라이밍| gym| fitness",
            " pilates| yoga| crossfit| boxing| climbing| workout",
        ],
    ),
    (
        Trade::Academy,
        &[
            "학원|교습|과외|스쿨|아카데미|공부방|어학원|음악교실|유치원|독서실| academy| school",
            " tutor| class| lesson| learning",
        ],
    ),
    (
        Trade::Clinic,
        &[
            "병원|의원|치과|한의원|클리닉|약국|정형외과|안과|소아과|피부과| clinic| dental| dentist",
            " hospital| doctor| pharmacy| medical",
        ],
    ),
    (
        Trade::Stay,
        &[
            "펜션|호텔|민박|게스트하우스|스테이|한옥|리조트|글램핑|캠핑|모텔|풀빌라|숙소| hotel| stay",
            " inn | pension| guesthouse| hostel| resort| lodge| b&b",
            " villa| camping",
        ],
    ),
    (
        Trade::Pets,
        &["애견|반려|강아지|고양이|펫|동물| pet| dog| cat | puppy| grooming", " veterinar"],
    ),
];

impl Trade {
    /// The kind that name and details point to; a word in the name counts for more.
    pub(super) fn of(name: &str, details: &str) -> Self {
        let (name, details) = (padded(name), padded(details));
        let score = |signs: &[&str]| {
            let signs = || signs.iter().flat_map(|row| row.split('|'));
            let found = |text: &str| signs().filter(|sign| text.contains(sign)).count();
            found(&name) * 4 + found(&details)
        };
        let best = SIGNS
            .iter()
            .map(|(trade, signs)| (score(signs), *trade))
            .fold((0, Self::Shop), |best, next| if next.0 > best.0 { next } else { best });
        best.1
    }
}

fn padded(text: &str) -> String {
    let words = text.replace(|letter: char| !letter.is_alphanumeric() && letter != '&', " ");
    format!(" {} ", words.to_lowercase())
}

/// How a song feels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spirit {
    Calm,
    Lively,
}

const CALM: [&str; 14] = [
    "ballad",
    "lofi",
    "lo-fi",
    "calm",
    "soft",
    "slow",
    "jazz",
    "gentle",
    "발라드",
    "잔잔",
    "로파이",
    "차분",
    "감성",
    "재즈",
];
const LIVELY: [&str; 15] = [
    "edm",
    "dance",
    "rock",
    "trot",
    "upbeat",
    "fast",
    "funk",
    "disco",
    "신나",
    "댄스",
    "트로트",
    "록",
    "경쾌",
    "밝",
    "흥",
];

/// What the words for the style say about it.
pub(super) fn spirit(style: &str) -> Option<Spirit> {
    let style = style.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| style.contains(word));
    match (says(&CALM), says(&LIVELY)) {
        (true, false) => Some(Spirit::Calm),
        (false, true) => Some(Spirit::Lively),
        (true, true) | (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Trade;

    #[test]
    fn the_trade_is_read_from_name_and_details_in_both_languages() {
        for (name, details, trade) in [
            ("바람카페", "", Trade::Cafe),
            ("Sunrise Bakery", "", Trade::Bakery),
            ("할머니 손맛", "얼큰한 국밥과 수육", Trade::Restaurant),
            ("Kim's", "hair and nail studio", Trade::Salon),
            ("The Barber", "cuts and shaves", Trade::Salon),
            ("The Copper Bar", "", Trade::Bar),
            ("봄날", "꽃다발과 화분", Trade::Flowers),
            ("바디온", "1:1 필라테스", Trade::Gym),
            ("정상수학학원", "", Trade::Academy),
            ("미소치과", "", Trade::Clinic),
            ("바다풍경 펜션", "조식 커피 제공", Trade::Stay),
            ("멍멍이네", "애견 미용", Trade::Pets),
            ("만물상", "없는 게 없어요", Trade::Shop),
        ] {
            assert_eq!(Trade::of(name, details), trade, "{name} {details}");
        }
    }
}
