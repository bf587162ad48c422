mod write;

use async_trait::async_trait;
use castad_domain::{
    model::{
        AttemptToken, Image, Job, Lyric, Production, Project, ProjectId, Purchase, Song, Stage,
        Video,
    },
    port::{ProductionRepository, StoreError},
};

use crate::{
    row::{
        ImageRow, JobRow, LyricRow, ProjectRow, SongRow, VideoRow, bits, image_columns,
        lyric_columns, project_columns, song_columns, video_columns,
    },
    store::Unit,
};
use uuid::Uuid;
#[cfg(test)]
pub(crate) use write::TEXTS as WRITES;

macro_rules! production_columns {
    () => {
        concat!(
            project_columns!(),
            ", ",
            image_columns!(),
            ", ",
            lyric_columns!(),
            ", ",
            song_columns!(),
            ", ",
            video_columns!()
        )
    };
}
pub(crate) use production_columns;

/// A row for each kept picture; what belongs to the project alone comes with the first of them, so
/// that one statement reads all of a production and yet no lyric is sent twice.
macro_rules! production_joins {
    () => {
        " LEFT JOIN images i ON i.project_id = p.id AND i.state = 'kept' \
         LEFT JOIN lyrics l ON l.id = p.lyric_id AND COALESCE(i.position, 0) = 0 \
         LEFT JOIN songs s ON s.id = p.song_id AND COALESCE(i.position, 0) = 0 \
         LEFT JOIN videos v ON v.id = p.video_id AND COALESCE(i.position, 0) = 0"
    };
}
pub(crate) use production_joins;

texts! {
    FIND = concat!(
        "SELECT ", production_columns!(), " FROM projects p", production_joins!(),
        " WHERE p.id = ? ORDER BY i.position"
    );
    OF_SONG = "SELECT s.project_id FROM songs s WHERE s.attempt = ?";
    OF_VIDEO = "SELECT v.project_id FROM videos v WHERE v.attempt = ?";
    PROJECT_OF_SONG = "SELECT s.project_id FROM songs s WHERE s.id = ?";
    PROJECT_OF_VIDEO = "SELECT v.project_id FROM videos v WHERE v.id = ?";
}

#[derive(sqlx::FromRow)]
struct OfProject {
    project_id: Uuid,
}

/// One row of a production: the project, one of its pictures, and its stages with the first.
#[derive(sqlx::FromRow)]
pub(crate) struct ProductionRow {
    #[sqlx(flatten)]
    project: ProjectRow,
    #[sqlx(flatten)]
    image: ImageRow,
    #[sqlx(flatten)]
    lyric: LyricRow,
    #[sqlx(flatten)]
    song: SongRow,
    #[sqlx(flatten)]
    video: VideoRow,
}

/// A production that rows are being put together to.
pub(crate) struct Assembly {
    project: Project,
    images: Vec<Image>,
    lyric: Option<Lyric>,
    song: Option<Song>,
    video: Option<Video>,
    pub(crate) job: Option<Job>,
}

impl Assembly {
    fn begin(row: ProductionRow, job: Option<JobRow>) -> Result<Self, StoreError> {
        Ok(Self {
            project: row.project.try_into()?,
            images: row.image.image()?.into_iter().collect(),
            lyric: row.lyric.lyric()?,
            song: row.song.song()?,
            video: row.video.video()?,
            job: job.map(JobRow::job).transpose()?.flatten(),
        })
    }

    /// A picture that was there already comes again where a stage has more than one job: the oldest
    /// counts.
    fn add(&mut self, image: ImageRow) -> Result<(), StoreError> {
        let image =
            image.image()?.filter(|image| self.images.last().map(|i| i.id) != Some(image.id));
        self.images.extend(image);
        Ok(())
    }

    pub(crate) fn production(self) -> Production {
        Production::restore(self.project, self.images, self.lyric, self.song, self.video)
    }
}

/// Puts rows together that come project by project, each in the order of its pictures.
pub(crate) fn assemble(
    rows: impl IntoIterator<Item = (ProductionRow, Option<JobRow>)>,
) -> Result<Vec<Assembly>, StoreError> {
    let mut found: Vec<Assembly> = Vec::new();
    for (row, job) in rows {
        let id = ProjectId::from_bits(row.project.project_id.as_u128());
        match found.last_mut().filter(|last| last.project.id() == id) {
            Some(last) => last.add(row.image)?,
            None => found.push(Assembly::begin(row, job)?),
        }
    }
    Ok(found)
}

#[async_trait]
impl ProductionRepository for Unit {
    async fn find(&mut self, id: ProjectId) -> Result<Option<Production>, StoreError> {
        let rows = fetch_all!(self.link(), ProductionRow, FIND, bits(id.to_bits()))?;
        let found = assemble(rows.into_iter().map(|row| (row, None)))?;
        Ok(found.into_iter().next().map(Assembly::production))
    }

    async fn of_attempt(
        &mut self,
        stage: Stage,
        attempt: AttemptToken,
    ) -> Result<Option<ProjectId>, StoreError> {
        let attempt = bits(attempt.to_bits());
        let found = match stage {
            Stage::Lyric => None,
            Stage::Song => fetch_optional!(self.link(), OfProject, OF_SONG, attempt)?,
            Stage::Video => fetch_optional!(self.link(), OfProject, OF_VIDEO, attempt)?,
        };
        Ok(found.map(|row| ProjectId::from_bits(row.project_id.as_u128())))
    }

    async fn of_purchase(&mut self, purchase: Purchase) -> Result<Option<ProjectId>, StoreError> {
        let id = bits(purchase.to_bits());
        let found = match purchase {
            Purchase::Song(_) => fetch_optional!(self.link(), OfProject, PROJECT_OF_SONG, id)?,
            Purchase::Video(_) => fetch_optional!(self.link(), OfProject, PROJECT_OF_VIDEO, id)?,
        };
        Ok(found.map(|row| ProjectId::from_bits(row.project_id.as_u128())))
    }

    async fn insert(&mut self, production: &Production) -> Result<(), StoreError> {
        write::insert(&mut self.tx, production).await
    }

    async fn update(&mut self, production: &Production) -> Result<(), StoreError> {
        write::update(&mut self.tx, production).await
    }
}
