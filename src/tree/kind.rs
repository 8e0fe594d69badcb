//! One file that is not as its spec says, and in which way.

use std::fmt;

/// One file that is not as its spec says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// From the repository root, with `/`.
    pub path: String,
    /// The spec that wants it, or wanted it.
    pub spec_path: String,
    /// In which way.
    pub kind: Kind,
    /// Whether replacing or removing the file would lose what a person wrote.
    pub loses_work: bool,
    /// More about it: the spec that a foreign file is generated from, the pins that are kept, how a
    /// detached file differs.
    pub about: Vec<String>,
    pub(super) before: String,
    pub(super) change: Change,
}

/// What generating does to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// It stays.
    Nothing,
    /// It is to hold this text.
    Write(String),
    /// It goes.
    Remove,
}

/// In which way a file is not as the spec says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It is as gatewright wrote it, and the spec has changed since, or gatewright has.
    Stale,
    /// Someone has changed it since gatewright wrote it.
    Edited,
    /// It was not generated, or from another spec, and is in the way.
    Foreign,
    /// It was generated from a spec that no longer wants it, or is no longer there.
    Orphaned,
    /// It differs in the commits of pinned actions alone, as a bot writes them.
    PinsOnly,
    /// The spec says that it is the project's own.
    Detached,
}

impl Kind {
    /// Every kind, in the order in which they are counted.
    pub const ALL: [Self; 7] = [
        Self::Missing,
        Self::Stale,
        Self::Edited,
        Self::Foreign,
        Self::Orphaned,
        Self::PinsOnly,
        Self::Detached,
    ];

    /// One word, as it stands in a list of files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Edited => "edited",
            Self::Foreign => "foreign",
            Self::Orphaned => "orphaned",
            Self::PinsOnly => "pins-only",
            Self::Detached => "detached",
        }
    }

    /// Whether a file of this kind stays as it is, and is no reason to fail.
    #[must_use]
    pub fn is_kept(self) -> bool {
        matches!(self, Self::PinsOnly | Self::Detached)
    }
}

impl Drift {
    /// The change that generating would make, as a unified diff; empty where it would make none.
    #[must_use]
    pub fn diff(&self) -> String {
        let (after, new) = match &self.change {
            Change::Nothing => return String::new(),
            Change::Write(text) => (text.as_str(), format!("b/{}", self.path)),
            Change::Remove => ("", "/dev/null".to_owned()),
        };
        let old = match self.kind {
            Kind::Missing => "/dev/null".to_owned(),
            _ => format!("a/{}", self.path),
        };
        similar::TextDiff::from_lines(self.before.as_str(), after)
            .unified_diff()
            .header(&old, &new)
            .to_string()
    }

    /// What is to be said of the file, after its path.
    #[must_use]
    pub fn clause(&self) -> String {
        let about = self.about.join(", ");
        match self.kind {
            Kind::Missing => "is missing".to_owned(),
            Kind::Stale => "is older than the spec".to_owned(),
            Kind::Edited => "was edited after it was generated".to_owned(),
            Kind::Foreign if self.about.is_empty() => "was not generated from this spec".to_owned(),
            Kind::Foreign => format!("is generated from `{about}`"),
            Kind::Orphaned if self.loses_work => {
                "was edited, and the spec no longer wants it".to_owned()
            }
            Kind::Orphaned => "is no longer wanted".to_owned(),
            Kind::PinsOnly => format!("has pins of its own: {about}"),
            Kind::Detached => format!("is detached: {about}"),
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path, self.clause())
    }
}
