use crate::model::EventKind;

/// Why a text chooses no events.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no event like {0:?}: name one such as project.finished, or a group such as video.*"
)]
pub struct EventFilterError(String);

/// Which events a webhook is told: some by name, some by group, or all.
///
/// ```
/// # use castad_domain::model::{EventFilter, EventKind};
/// let filter = EventFilter::parse(["project.finished", "video.*"])?;
/// assert!(filter.takes(EventKind::VideoReady));
/// assert!(!filter.takes(EventKind::SongReady));
/// assert!(EventFilter::all().takes(EventKind::SongReady));
/// assert!(EventFilter::parse(["vidoe.*"]).is_err());
/// # Ok::<(), castad_domain::model::EventFilterError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter(Vec<String>);

impl EventFilter {
    /// Every event.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The events of these names and groups; all where there is none.
    ///
    /// # Errors
    ///
    /// [`EventFilterError`] names the first that chooses nothing.
    pub fn parse<'a>(
        patterns: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, EventFilterError> {
        let mut chosen = Vec::new();
        for pattern in patterns {
            Self::pattern(pattern)?;
            if !chosen.iter().any(|known| known == pattern) {
                chosen.push(pattern.to_owned());
            }
        }
        Ok(Self(chosen))
    }

    /// A name or a group, if there is such an event.
    ///
    /// # Errors
    ///
    /// [`EventFilterError`] if there is none.
    pub fn pattern(text: &str) -> Result<&str, EventFilterError> {
        let known = EventKind::ALL.iter().any(|kind| chooses(text, *kind));
        if known { Ok(text) } else { Err(EventFilterError(text.to_owned())) }
    }

    /// One that a row holds; a name that is no longer given chooses nothing.
    #[must_use]
    pub fn restore(patterns: Vec<String>) -> Self {
        Self(patterns)
    }

    /// The names and groups; none for all.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.0
    }

    /// Whether such an event is told.
    #[must_use]
    pub fn takes(&self, kind: EventKind) -> bool {
        self.0.is_empty() || self.0.iter().any(|pattern| chooses(pattern, kind))
    }
}

fn chooses(pattern: &str, kind: EventKind) -> bool {
    match pattern.strip_suffix(".*") {
        // What happens to one picture is of the same group as what happens to several.
        Some("images") => kind.name().starts_with("image"),
        Some(group) => kind.name().strip_prefix(group).is_some_and(|rest| rest.starts_with('.')),
        None => pattern == "*" || pattern == kind.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_groups_choose_and_what_chooses_nothing_is_refused() {
        let filter = EventFilter::parse(["song.*", "project.finished", "song.*"]).unwrap();
        assert_eq!(filter.patterns(), ["song.*", "project.finished"]);
        let taken: Vec<_> =
            EventKind::ALL.iter().filter(|kind| filter.takes(**kind)).map(|k| k.name()).collect();
        assert!(taken.contains(&"song.ready") && taken.contains(&"project.finished"));
        assert!(taken.iter().all(|name| name.starts_with("song.") || *name == "project.finished"));
        let pictures = EventFilter::parse(["images.*"]).unwrap();
        for kind in [EventKind::ImagesAdded, EventKind::ImageRemoved, EventKind::ImagesReordered] {
            assert!(pictures.takes(kind), "{}", kind.name());
        }
        assert!(!EventFilter::parse(["image.*"]).unwrap().takes(EventKind::ImagesAdded));
        assert!(EventFilter::parse(["*"]).unwrap().takes(EventKind::KeyCreated));
        for text in ["", "song", "son.*", "song.read", ".*", "song.*.*", "*.ready"] {
            assert!(EventFilter::parse([text]).is_err(), "{text}");
        }
    }
}
