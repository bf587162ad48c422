use castad_domain::{
    model::{
        Brief, BusinessName, Details, MemberId, Orientation, Project, ProjectId, ProjectParts,
        ProjectStatus, Region, Style, TextError,
    },
    port::StoreError,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::fault::corrupt;

macro_rules! project_columns {
    () => {
        "p.id AS project_id, p.member_id AS project_member, p.business_name, p.region, p.details, \
         p.language, p.orientation AS project_orientation, p.style, p.seed, p.status, p.goal, p.cancel_at, \
         p.created_at, p.changed_at AS project_changed_at, p.version"
    };
}
pub(crate) use project_columns;

/// A project as a statement finds it.
#[derive(sqlx::FromRow)]
pub(crate) struct ProjectRow {
    pub(crate) project_id: Uuid,
    project_member: Uuid,
    business_name: String,
    region: String,
    details: String,
    language: String,
    project_orientation: String,
    style: Option<String>,
    seed: Option<i64>,
    status: String,
    goal: Option<String>,
    cancel_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    project_changed_at: DateTime<Utc>,
    version: i64,
}

fn text<T>(
    column: &'static str,
    parse: fn(&str) -> Result<T, TextError>,
    text: &str,
) -> Result<T, StoreError> {
    parse(text).map_err(|_| corrupt(column))
}

impl TryFrom<ProjectRow> for Project {
    type Error = StoreError;

    fn try_from(row: ProjectRow) -> Result<Self, StoreError> {
        let style = row.style.as_deref().map(|style| text("projects.style", Style::parse, style));
        let goal = row.goal.as_deref().map(str::parse::<Orientation>);
        let brief = Brief {
            business_name: text("projects.business_name", BusinessName::parse, &row.business_name)?,
            region: text("projects.region", Region::parse, &row.region)?,
            details: text("projects.details", Details::parse, &row.details)?,
            language: row.language.parse().map_err(|_| corrupt("projects.language"))?,
            orientation: row
                .project_orientation
                .parse()
                .map_err(|_| corrupt("projects.orientation"))?,
            style: style.transpose()?,
            seed: row.seed.map(i64::cast_unsigned),
        };
        Ok(Project::restore(ProjectParts {
            id: ProjectId::from_bits(row.project_id.as_u128()),
            member: MemberId::from_bits(row.project_member.as_u128()),
            brief,
            status: ProjectStatus::from_name(&row.status)
                .map_err(|_| corrupt("projects.status"))?,
            goal: goal.transpose().map_err(|_| corrupt("projects.goal"))?,
            cancel_at: row.cancel_at,
            created_at: row.created_at,
            changed_at: row.project_changed_at,
            version: row.version,
        }))
    }
}
