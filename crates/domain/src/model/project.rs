use chrono::{DateTime, Utc};

use super::{Brief, IllegalTransition, MemberId, Orientation, ProjectId, UnknownWord};

/// Where a project stands.
///
/// ```text
/// Draft | Finished | Failed | Canceled --requested--> Producing
/// Producing --finished--> Finished      the newest video is ready
/// Producing --rested----> Draft         nothing runs, there is no video yet
/// Producing --failed----> Failed        a stage failed
/// Producing --canceled--> Canceled
/// Failed | Canceled --moved on--> Draft | Finished   the owner wrote the words that were missing
/// Draft | Finished | Failed | Canceled --archived--> Archived
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProjectStatus {
    /// Nothing runs and there is no video yet.
    Draft,
    /// A stage is being made.
    Producing,
    /// The newest video is ready.
    Finished,
    /// The newest stage failed.
    Failed,
    /// What ran was stopped.
    Canceled,
    /// The owner put it away.
    Archived,
}

impl ProjectStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Draft,
        Self::Producing,
        Self::Finished,
        Self::Failed,
        Self::Canceled,
        Self::Archived,
    ];

    /// The status's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Producing => "producing",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Archived => "archived",
        }
    }

    /// The status of a stored word.
    ///
    /// # Errors
    ///
    /// [`UnknownWord`] if there is none of that name.
    pub fn from_name(name: &str) -> Result<Self, UnknownWord> {
        let known = Self::ALL.into_iter().find(|status| status.name() == name);
        known.ok_or(UnknownWord { allowed: "a project status" })
    }

    /// A stage was asked for.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] once it is archived.
    pub fn requested(self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Draft | Self::Producing | Self::Finished | Self::Failed | Self::Canceled => {
                Ok(Self::Producing)
            }
            Self::Archived => Err(self.refuse("produced")),
        }
    }

    /// What ran has ended: with a video, without one yet, with a failure, or stopped.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless something was being made.
    pub fn ended(self, end: Self) -> Result<Self, IllegalTransition> {
        match (self, end) {
            (Self::Producing, Self::Draft | Self::Finished | Self::Failed | Self::Canceled) => {
                Ok(end)
            }
            _ => Err(self.refuse(end.name())),
        }
    }

    /// The owner took up what had failed or was stopped; `rest` is what it is otherwise.
    #[must_use]
    pub fn moved_on(self, rest: Self) -> Self {
        match self {
            Self::Failed | Self::Canceled => rest,
            Self::Draft | Self::Producing | Self::Finished | Self::Archived => self,
        }
    }

    /// The owner puts it away.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] while something is being made, or when it is put away already.
    pub fn archived(self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Draft | Self::Finished | Self::Failed | Self::Canceled => Ok(Self::Archived),
            Self::Producing | Self::Archived => Err(self.refuse("archived")),
        }
    }

    /// The owner changes its brief.
    ///
    /// # Errors
    ///
    /// [`IllegalTransition`] unless it is a draft.
    pub fn changed(self) -> Result<Self, IllegalTransition> {
        match self {
            Self::Draft => Ok(self),
            Self::Producing | Self::Finished | Self::Failed | Self::Canceled | Self::Archived => {
                Err(self.refuse("changed"))
            }
        }
    }

    fn refuse(self, event: &'static str) -> IllegalTransition {
        IllegalTransition { what: "project", from: self.name(), event }
    }
}

/// One brief, and where the work on it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub(super) id: ProjectId,
    pub(super) member: MemberId,
    pub(super) brief: Brief,
    pub(super) status: ProjectStatus,
    pub(super) goal: Option<Orientation>,
    pub(super) cancel_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) changed_at: DateTime<Utc>,
    pub(super) version: i64,
}

/// What a row of a project holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectParts {
    /// Its id.
    pub id: ProjectId,
    /// Whose it is.
    pub member: MemberId,
    /// What it is about.
    pub brief: Brief,
    /// Where it stands.
    pub status: ProjectStatus,
    /// The shape of the video that is being worked towards, stage after stage.
    pub goal: Option<Orientation>,
    /// When what runs is to be stopped.
    pub cancel_at: Option<DateTime<Utc>>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When anything of it last changed.
    pub changed_at: DateTime<Utc>,
    /// Raised by every change.
    pub version: i64,
}

impl Project {
    /// A fresh draft.
    #[must_use]
    pub fn new(id: ProjectId, member: MemberId, brief: Brief, now: DateTime<Utc>) -> Self {
        Self {
            id,
            member,
            brief,
            status: ProjectStatus::Draft,
            goal: None,
            cancel_at: None,
            created_at: now,
            changed_at: now,
            version: 0,
        }
    }

    /// The project that a row holds.
    #[must_use]
    pub fn restore(parts: ProjectParts) -> Self {
        let ProjectParts {
            id,
            member,
            brief,
            status,
            goal,
            cancel_at,
            created_at,
            changed_at,
            version,
        } = parts;
        Self { id, member, brief, status, goal, cancel_at, created_at, changed_at, version }
    }

    /// Its id, which is also the task id of the earlier API.
    #[must_use]
    pub fn id(&self) -> ProjectId {
        self.id
    }

    /// Whose it is.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.member
    }

    /// What it is about.
    #[must_use]
    pub fn brief(&self) -> &Brief {
        &self.brief
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> ProjectStatus {
        self.status
    }

    /// The shape of the video that is being worked towards, stage after stage.
    #[must_use]
    pub fn goal(&self) -> Option<Orientation> {
        self.goal
    }

    /// When what runs is to be stopped.
    #[must_use]
    pub fn cancel_at(&self) -> Option<DateTime<Utc>> {
        self.cancel_at
    }

    /// When it was opened.
    #[must_use]
    pub fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When anything of it last changed.
    #[must_use]
    pub fn changed_at(&self) -> DateTime<Utc> {
        self.changed_at
    }

    /// Raised by every change: a write names the one that it read.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_takes_just_the_events_of_the_picture() {
        use ProjectStatus as S;
        for from in S::ALL {
            let idle = matches!(from, S::Draft | S::Finished | S::Failed | S::Canceled);
            assert_eq!(from.requested().is_ok(), from != S::Archived, "{from:?} requested");
            assert_eq!(from.archived().is_ok(), idle, "{from:?} archived");
            assert_eq!(from.changed().is_ok(), from == S::Draft, "{from:?} changed");
            let stuck = matches!(from, S::Failed | S::Canceled);
            assert_eq!(from.moved_on(S::Draft) == S::Draft, stuck || from == S::Draft, "{from:?}");
            for end in S::ALL {
                let is_end = !matches!(end, S::Producing | S::Archived);
                let allowed = from == S::Producing && is_end;
                assert_eq!(from.ended(end).ok(), allowed.then_some(end), "{from:?} ended {end:?}");
            }
        }
    }
}
