//! Productions and what they are made of, for tests: Korean text, odd microseconds, every state.

use castad_domain::{
    model::{
        AttemptToken, Brief, BusinessName, Details, Failure, FailureCode, Film, Image, ImageId,
        ImageState, Language, LineTime, LyricText, MediaType, Member, MemberId, MemberName,
        Orientation, Production, Project, ProjectId, ProjectParts, ProviderJob, ProviderName,
        Recording, Region, Stage, Stored, Style, Verdict,
    },
    port::Clock,
};
use chrono::{DateTime, TimeDelta, Utc};

/// A time, so many seconds and an odd number of microseconds after a fixed one.
#[must_use]
pub fn time(seconds: i64) -> DateTime<Utc> {
    let micros = TimeDelta::microseconds(123_457 + seconds.rem_euclid(1_000));
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_750_000_000 + seconds) + micros
}

/// The bits of an id; a greater `n` makes a greater id.
#[must_use]
pub fn bits(n: u64) -> u128 {
    0x0197_0000_0000_7000_8000_0000_0000_0000 + u128::from(n)
}

/// A member.
///
/// # Panics
///
/// Never: the name is a name.
#[must_use]
pub fn member(n: u64) -> Member {
    let name = MemberName::parse(&format!("다온 {n}")).expect("a plain name is taken");
    Member { id: MemberId::from_bits(bits(n)), name, joined_at: time(0) }
}

/// A brief in Korean with everything said.
///
/// # Panics
///
/// Never: the texts follow the rules.
#[must_use]
pub fn brief() -> Brief {
    Brief {
        business_name: BusinessName::parse("다온카페 & Co.").expect("a plain name is taken"),
        region: Region::parse("부산 해운대").expect("a plain name is taken"),
        details: Details::parse("바다가 보이는\n작은 카페 ☕ 'quoted' \"too\"")
            .expect("prose is taken"),
        language: Language::Korean,
        orientation: Orientation::Vertical,
        style: Some(Style::parse("잔잔한 발라드").expect("a plain name is taken")),
        seed: Some(u64::MAX),
    }
}

/// A brief in English with no more than it needs.
///
/// # Panics
///
/// Never: the texts follow the rules.
#[must_use]
pub fn english_brief() -> Brief {
    Brief {
        business_name: BusinessName::parse("Joe's Bakery").expect("a plain name is taken"),
        region: Region::parse("Busan").expect("a plain name is taken"),
        details: Details::parse("").expect("details may be empty"),
        language: Language::English,
        orientation: Orientation::Horizontal,
        style: None,
        seed: None,
    }
}

/// Words in two sections, with the name in the second.
///
/// # Panics
///
/// Never: the words follow the rules.
#[must_use]
pub fn words() -> LyricText {
    LyricText::parse(
        "바다 한 잔",
        "[Verse]\n해운대 골목 끝\n향기가 나요\n\n[Chorus]\n다온카페로 와요",
    )
    .expect("plain words are taken")
}

/// A draft that was just opened.
#[must_use]
pub fn production(n: u64, member: MemberId) -> Production {
    let id = ProjectId::from_bits(bits(n));
    Production::open(Project::new(id, member, brief(), time(0)))
}

/// The time of the next step of a production: a little more than a second after the last.
#[must_use]
pub fn later(production: &Production) -> DateTime<Utc> {
    production.project().changed_at() + TimeDelta::microseconds(1_000_003)
}

/// The bits of an id for the next thing of a production: greater at every step.
#[must_use]
pub fn fresh(production: &Production) -> u128 {
    let own = production.project().id().to_bits() & u128::from(u64::MAX);
    let micros = u128::from(later(production).timestamp_micros().unsigned_abs());
    (micros << 64) | own
}

/// A picture.
#[must_use]
pub fn image(bits: u128, added_at: DateTime<Utc>) -> Image {
    let id = ImageId::from_bits(bits);
    let file = Stored { key: Image::key(id), bytes: 3_000_000_001, sha256: [7; 32] };
    Image { id, file, width: 1080, height: 1920, added_at, state: ImageState::Kept }
}

/// A song that is in the media store.
#[must_use]
pub fn recording(attempt: AttemptToken) -> Recording {
    let key = Recording::key(attempt, MediaType::M4a);
    let line = |text: &str, start_ms, end_ms| LineTime { text: text.to_owned(), start_ms, end_ms };
    Recording {
        file: Stored { key, bytes: 480_123, sha256: [0xa5; 32] },
        duration_ms: 30_001,
        lines: vec![line("해운대 골목 끝", 0, 4_000), line("다온카페로 와요", 4_000, 9_999)],
        bars_ms: vec![0, 2_000, 4_000],
        instrumental: true,
        spare: Some("take-2".to_owned()),
    }
}

/// A video that is in the media store.
#[must_use]
pub fn film(attempt: AttemptToken) -> Film {
    let key = Film::key(attempt, MediaType::Mp4);
    Film { file: Stored { key, bytes: 5_000_000_000, sha256: [0xff; 32] }, duration_ms: 30_033 }
}

/// A failure with all that may be known of one.
#[must_use]
pub fn failure(stage: Stage, at: DateTime<Utc>) -> Failure {
    Failure {
        stage,
        code: FailureCode::ProviderFailed,
        provider: Some(ProviderName::new("suno")),
        provider_code: Some("SENSITIVE_WORD_ERROR".to_owned()),
        detail: "가사에 쓸 수 없는 낱말이 있어요".to_owned(),
        retryable: true,
        at,
    }
}

/// A step that a production takes; one that its state refuses is a mistake of the test.
pub type Step = fn(&mut Production);

const ALLOWED: &str = "the state allows the step";

/// Adds two pictures.
pub fn add_images(p: &mut Production) {
    let (now, bits) = (later(p), fresh(p));
    p.add_images(vec![image(bits, now), image(bits + (1 << 63), now)], now).expect(ALLOWED);
}

/// Asks for a lyric.
pub fn request_lyric(p: &mut Production) {
    p.request(Stage::Lyric, None, fresh(p), later(p)).expect(ALLOWED);
}

/// A writer is asked.
pub fn begin_lyric(p: &mut Production) {
    p.lyric_began(later(p)).expect(ALLOWED);
}

/// The words arrive.
pub fn write_lyric(p: &mut Production) {
    p.lyric_written(words(), fresh(p), later(p)).expect(ALLOWED);
}

/// Asks for a song.
pub fn request_song(p: &mut Production) {
    p.request(Stage::Song, None, fresh(p), later(p)).expect(ALLOWED);
}

/// Asks for a square video.
pub fn request_video(p: &mut Production) {
    p.request(Stage::Video, Some(Orientation::Square), fresh(p), later(p)).expect(ALLOWED);
}

fn open_stage(p: &Production) -> Stage {
    p.open_stage().expect("a stage is being made")
}

/// The decision to buy the open stage is taken.
pub fn submit(p: &mut Production) {
    p.submitted(open_stage(p), AttemptToken::from_bits(fresh(p)), later(p)).expect(ALLOWED);
}

/// The provider takes the job of the open stage.
pub fn accept(p: &mut Production) {
    let job = ProviderJob::new("Job/가-1 :x");
    p.accepted(open_stage(p), &job, later(p) + TimeDelta::seconds(20), later(p)).expect(ALLOWED);
}

/// The provider declines the open stage and may be asked again.
pub fn decline(p: &mut Production) {
    p.declined(open_stage(p), later(p)).expect(ALLOWED);
}

/// The provider's answer about the open stage is lost.
pub fn lose(p: &mut Production) {
    p.lost(open_stage(p), later(p)).expect(ALLOWED);
}

/// An admin has the open stage bought once more.
pub fn buy_again(p: &mut Production) {
    let purchase = p.purchase(open_stage(p)).expect("it is bought");
    let provider = ProviderName::new("suno");
    p.decide(purchase, &Verdict::BuyAgain, provider, later(p)).expect(ALLOWED);
}

/// The provider is done with the open stage.
pub fn deliver(p: &mut Production) {
    p.delivered(open_stage(p), later(p)).expect(ALLOWED);
}

/// The result of the open stage is in the media store.
pub fn collect(p: &mut Production) {
    let stage = open_stage(p);
    let attempt = p.attempt(stage).expect("it was bought");
    let collected = match stage {
        Stage::Lyric => p.lyric_written(words(), fresh(p), later(p)),
        Stage::Song => p.song_collected(recording(attempt), fresh(p), later(p)),
        Stage::Video => p.video_collected(film(attempt), fresh(p), later(p)),
    };
    collected.expect(ALLOWED);
}

/// The open stage fails.
pub fn fail(p: &mut Production) {
    p.failed(failure(open_stage(p), later(p))).expect(ALLOWED);
}

/// The owner stops what is being made.
pub fn cancel(p: &mut Production) {
    p.cancel(later(p)).expect(ALLOWED);
}

/// The owner puts the project away.
pub fn archive(p: &mut Production) {
    p.archive(later(p)).expect(ALLOWED);
}

/// What leads from a draft to a lyric that is ready.
pub const LYRIC: [Step; 3] = [request_lyric, begin_lyric, write_lyric];

/// What leads on to a song that is ready.
pub const SONG: [Step; 5] = [request_song, submit, accept, deliver, collect];

/// What leads on to a video that is ready.
pub const VIDEO: [Step; 6] = [add_images, request_video, submit, accept, deliver, collect];

/// The time on a clock a while from now.
#[must_use]
pub fn soon(clock: &dyn Clock, seconds: i64) -> DateTime<Utc> {
    clock.now() + TimeDelta::seconds(seconds)
}

/// The same as if it had been read at that version, for doubles of a store that does not look.
#[must_use]
pub fn at_version(production: &Production, version: i64) -> Production {
    let p = production.project();
    let project = Project::restore(ProjectParts {
        id: p.id(),
        member: p.member(),
        brief: p.brief().clone(),
        status: p.status(),
        goal: p.goal(),
        cancel_at: p.cancel_at(),
        created_at: p.created_at(),
        changed_at: p.changed_at(),
        version,
    });
    let (lyric, song) = (production.lyric().cloned(), production.song().cloned());
    let images = production.images().to_vec();
    Production::restore(project, images, lyric, song, production.video().cloned())
}
