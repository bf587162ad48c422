use castad_domain::{
    model::{Image, ImageState, Lyric, Orientation, Production, Project, Song, Touch, Video},
    port::StoreError,
};
use uuid::Uuid;

use crate::{
    fault::one_row,
    link::Tx,
    row::{FileWrite, FilmWrite, LyricWrite, MakingWrite, RecordingWrite, bits},
};

texts! {
    INSERT_PROJECT =
        "INSERT INTO projects (business_name, region, details, language, orientation, style, seed, \
         status, goal, cancel_at, changed_at, lyric_id, song_id, video_id, id, version, member_id, created_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_PROJECT =
        "UPDATE projects SET business_name = ?, region = ?, details = ?, language = ?, \
         orientation = ?, style = ?, seed = ?, status = ?, goal = ?, cancel_at = ?, changed_at = ?, \
         lyric_id = ?, song_id = ?, video_id = ?, version = version + 1 WHERE id = ? AND version = ?";
    INSERT_IMAGE =
        "INSERT INTO images (id, project_id, position, file_key, file_bytes, file_sha256, width, \
         height, added_at, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    PLACE_IMAGE = "UPDATE images SET position = ? WHERE id = ?";
    REMOVE_IMAGE = "UPDATE images SET state = ? WHERE id = ?";
    INSERT_LYRIC =
        "INSERT INTO lyrics (changed_at, state, tries, title, sections, edited, failure, id, \
         project_id, member_id, requested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_LYRIC =
        "UPDATE lyrics SET changed_at = ?, state = ?, tries = ?, title = ?, sections = ?, \
         edited = ?, failure = ? WHERE id = ?";
    INSERT_SONG =
        "INSERT INTO songs (changed_at, state, attempt, provider_job, failure, file_key, file_bytes, \
         file_sha256, duration_ms, line_times, bars, instrumental, spare, id, project_id, member_id, \
         lyric_id, requested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_SONG =
        "UPDATE songs SET changed_at = ?, state = ?, attempt = ?, provider_job = ?, failure = ?, \
         file_key = ?, file_bytes = ?, file_sha256 = ?, duration_ms = ?, line_times = ?, bars = ?, \
         instrumental = ?, spare = ? WHERE id = ?";
    INSERT_VIDEO =
        "INSERT INTO videos (changed_at, state, attempt, provider_job, failure, file_key, \
         file_bytes, file_sha256, duration_ms, id, project_id, member_id, song_id, orientation, \
         requested_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    UPDATE_VIDEO =
        "UPDATE videos SET changed_at = ?, state = ?, attempt = ?, provider_job = ?, failure = ?, \
         file_key = ?, file_bytes = ?, file_sha256 = ?, duration_ms = ? WHERE id = ?";
}

/// Runs an insert or update of a project: the two take the same columns in the same order.
macro_rules! project {
    ($link:expr, $text:expr, $production:expr, [$($more:expr),*]) => {{
        let project = $production.project();
        let brief = project.brief();
        execute!(
            $link,
            $text,
            brief.business_name.as_str(),
            brief.region.as_str(),
            brief.details.as_str(),
            brief.language.code(),
            brief.orientation.name(),
            brief.style.as_ref().map(castad_domain::model::Style::as_str),
            brief.seed.map(u64::cast_signed),
            project.status().name(),
            project.goal().map(Orientation::name),
            project.cancel_at(),
            project.changed_at(),
            $production.lyric().map(|lyric| bits(lyric.id.to_bits())),
            $production.song().map(|song| bits(song.id.to_bits())),
            $production.video().map(|video| bits(video.id.to_bits())),
            $($more),*
        )
    }};
}

/// The same for a lyric.
macro_rules! lyric {
    ($link:expr, $text:expr, $lyric:expr, [$($more:expr),*]) => {{
        let row = LyricWrite::from(&$lyric.state);
        execute!(
            $link, $text, $lyric.changed_at, row.state, row.tries, row.title, row.sections,
            row.edited, row.failure, bits($lyric.id.to_bits()), $($more),*
        )
    }};
}

/// The same for a song.
macro_rules! song {
    ($link:expr, $text:expr, $song:expr, [$($more:expr),*]) => {{
        let row = MakingWrite::from(&$song.making);
        let made = RecordingWrite::from($song.making.product());
        execute!(
            $link, $text, $song.changed_at, row.state, row.attempt, row.job, row.failure,
            made.file.key, made.file.bytes, made.file.sha256, made.duration_ms, made.lines,
            made.bars, made.instrumental, made.spare, bits($song.id.to_bits()), $($more),*
        )
    }};
}

/// The same for a video.
macro_rules! video {
    ($link:expr, $text:expr, $video:expr, [$($more:expr),*]) => {{
        let row = MakingWrite::from(&$video.making);
        let made = FilmWrite::from($video.making.product());
        execute!(
            $link, $text, $video.changed_at, row.state, row.attempt, row.job, row.failure,
            made.file.key, made.file.bytes, made.file.sha256, made.duration_ms,
            bits($video.id.to_bits()), $($more),*
        )
    }};
}

/// Whose a stage's row is.
#[derive(Clone, Copy)]
struct Owner {
    project: Uuid,
    member: Uuid,
}

impl Owner {
    fn of(project: &Project) -> Self {
        Self { project: bits(project.id().to_bits()), member: bits(project.member().to_bits()) }
    }
}

pub(super) async fn insert(tx: &mut Tx, production: &Production) -> Result<(), StoreError> {
    let project = production.project();
    let owner = Owner::of(project);
    let (version, created_at) = (project.version() + 1, project.created_at());
    project!(
        tx.link(),
        INSERT_PROJECT,
        production,
        [owner.project, version, owner.member, created_at]
    )?;

    for (image, place) in production.images().iter().zip(0..) {
        insert_image(tx, owner, image, place).await?;
    }
    stages(tx, production, |_| Touch::Added).await
}

pub(super) async fn update(tx: &mut Tx, production: &Production) -> Result<(), StoreError> {
    let project = production.project();
    let owner = Owner::of(project);
    let written =
        project!(tx.link(), UPDATE_PROJECT, production, [owner.project, project.version()])?;
    one_row(written)?;

    let changes = production.changes();
    for image in &changes.removed {
        execute!(tx.link(), REMOVE_IMAGE, image.state.name(), bits(image.id.to_bits()))?;
    }
    if changes.images {
        for (image, place) in production.images().iter().zip(0..) {
            place_image(tx, owner, image, place).await?;
        }
    }
    stages(tx, production, |touch| touch).await
}

async fn place_image(
    tx: &mut Tx,
    owner: Owner,
    image: &Image,
    place: i64,
) -> Result<(), StoreError> {
    match execute!(tx.link(), PLACE_IMAGE, place, bits(image.id.to_bits()))? {
        0 => insert_image(tx, owner, image, place).await,
        _ => Ok(()),
    }
}

async fn insert_image(
    tx: &mut Tx,
    owner: Owner,
    image: &Image,
    place: i64,
) -> Result<(), StoreError> {
    let file = FileWrite::of(Some(&image.file));
    execute!(
        tx.link(),
        INSERT_IMAGE,
        bits(image.id.to_bits()),
        owner.project,
        place,
        file.key,
        file.bytes,
        file.sha256,
        i64::from(image.width),
        i64::from(image.height),
        image.added_at,
        ImageState::Kept.name(),
    )?;
    Ok(())
}

async fn stages(
    tx: &mut Tx,
    production: &Production,
    touched: fn(Touch) -> Touch,
) -> Result<(), StoreError> {
    let owner = Owner::of(production.project());
    let changes = production.changes();
    if let Some(lyric) = production.lyric() {
        write_lyric(tx, owner, lyric, touched(changes.lyric)).await?;
    }
    if let Some(song) = production.song() {
        write_song(tx, owner, song, touched(changes.song)).await?;
    }
    if let Some(video) = production.video() {
        write_video(tx, owner, video, touched(changes.video)).await?;
    }
    Ok(())
}

async fn write_lyric(
    tx: &mut Tx,
    Owner { project, member }: Owner,
    lyric: &Lyric,
    touch: Touch,
) -> Result<(), StoreError> {
    match touch {
        Touch::Untouched => Ok(()),
        Touch::Added => {
            one_row(lyric!(tx.link(), INSERT_LYRIC, lyric, [project, member, lyric.requested_at])?)
        }
        Touch::Changed => one_row(lyric!(tx.link(), UPDATE_LYRIC, lyric, [])?),
    }
}

async fn write_song(
    tx: &mut Tx,
    Owner { project, member }: Owner,
    song: &Song,
    touch: Touch,
) -> Result<(), StoreError> {
    let lyric = bits(song.lyric.to_bits());
    match touch {
        Touch::Untouched => Ok(()),
        Touch::Added => one_row(song!(
            tx.link(),
            INSERT_SONG,
            song,
            [project, member, lyric, song.requested_at]
        )?),
        Touch::Changed => one_row(song!(tx.link(), UPDATE_SONG, song, [])?),
    }
}

async fn write_video(
    tx: &mut Tx,
    Owner { project, member }: Owner,
    video: &Video,
    touch: Touch,
) -> Result<(), StoreError> {
    let (song, shape) = (bits(video.song.to_bits()), video.orientation.name());
    match touch {
        Touch::Untouched => Ok(()),
        Touch::Added => one_row(video!(
            tx.link(),
            INSERT_VIDEO,
            video,
            [project, member, song, shape, video.requested_at]
        )?),
        Touch::Changed => one_row(video!(tx.link(), UPDATE_VIDEO, video, [])?),
    }
}
