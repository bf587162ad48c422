use std::fmt;

use castad_domain::model::Orientation;
use castad_http_client::Secret;

/// Which version of the API is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// The one that Creatomate documents.
    V2,
    /// The one before, which still works.
    V1,
}

impl Version {
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::V2 => "v2",
            Self::V1 => "v1",
        }
    }
}

/// The template of each shape, by its id; a shape without one cannot be rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates {
    /// For 9:16.
    pub vertical: Option<String>,
    /// For 1:1.
    pub square: Option<String>,
    /// For 16:9.
    pub horizontal: Option<String>,
}

impl Templates {
    pub(crate) fn of(&self, orientation: Orientation) -> Option<&str> {
        match orientation {
            Orientation::Vertical => self.vertical.as_deref(),
            Orientation::Square => self.square.as_deref(),
            Orientation::Horizontal => self.horizontal.as_deref(),
        }
    }
}

/// The name of the setting that holds the template of a shape.
pub(crate) fn setting(orientation: Orientation) -> &'static str {
    match orientation {
        Orientation::Vertical => "CREATOMATE_TEMPLATE_VERTICAL",
        Orientation::Square => "CREATOMATE_TEMPLATE_SQUARE",
        Orientation::Horizontal => "CREATOMATE_TEMPLATE_HORIZONTAL",
    }
}

/// Whom to ask, and how.
#[derive(Clone)]
pub struct Settings {
    /// Where the API is, without a version: `https://api.creatomate.com`.
    pub base: String,
    /// What opens it.
    pub key: Secret,
    /// Which version it speaks.
    pub version: Version,
    /// What is rendered.
    pub templates: Templates,
    /// The public address of this service, where it has one; webhooks are sent there.
    pub callbacks: Option<String>,
}

impl Settings {
    /// The same, addresses without a slash at their end.
    pub(crate) fn trimmed(mut self) -> Self {
        for address in [Some(&mut self.base), self.callbacks.as_mut()].into_iter().flatten() {
            address.truncate(address.trim_end_matches('/').len());
        }
        self
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { base, key: _, version, templates, callbacks } = self;
        f.debug_struct("Settings")
            .field("base", base)
            .field("version", version)
            .field("templates", templates)
            .field("callbacks", callbacks)
            .finish_non_exhaustive()
    }
}
