//! The commits of the GitHub actions that generated workflows use.
//!
//! The one decision here: a tag can be moved to other code, so an action is named by its commit,
//! and the version is a comment for people and for the bots that update pins. What a bot has put
//! on disk stands, until somebody asks for the table; what the spec says stands over both.

use std::collections::BTreeMap;

use super::error::{PlanError, Problem};

/// An action that generated workflows use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pinned {
    /// Fetches the repository.
    Checkout,
    /// Puts a Python interpreter on the path.
    SetupPython,
    /// Puts `uv` on the path.
    SetupUv,
    /// Keeps files of a job.
    UploadArtifact,
    /// Fetches files that another job kept.
    DownloadArtifact,
    /// Signs what was decided.
    Attest,
    /// Puts the command line of Databricks on the path.
    SetupDatabricks,
    /// Signs a job in to Azure.
    AzureLogin,
}

impl Pinned {
    /// Every action.
    pub const ALL: [Self; 8] = [
        Self::Checkout,
        Self::SetupPython,
        Self::SetupUv,
        Self::UploadArtifact,
        Self::DownloadArtifact,
        Self::Attest,
        Self::SetupDatabricks,
        Self::AzureLogin,
    ];

    /// `owner/name`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.built_in().0
    }

    /// Name, version and commit of the newest release when this gatewright was released.
    fn built_in(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Checkout => (
                "actions/checkout",
                "v7.0.1",
                "3d3c42e5aac5ba805825da76410c181273ba90b1",
            ),
            Self::SetupPython => (
                "actions/setup-python",
                "v7.0.0",
                "5fda3b95a4ea91299a34e894583c3862153e4b97",
            ),
            Self::SetupUv => (
                "astral-sh/setup-uv",
                "v10.0.1",
                "20cfd1bf945f4377ade1205e4dbc17946fc9a30d",
            ),
            Self::UploadArtifact => (
                "actions/upload-artifact",
                "v7.0.1",
                "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a",
            ),
            Self::DownloadArtifact => (
                "actions/download-artifact",
                "v8.0.1",
                "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
            ),
            Self::Attest => (
                "actions/attest",
                "v4.2.2",
                "1e69f48acb82d1966a394da916b4c1698aa569d6",
            ),
            Self::SetupDatabricks => (
                "databricks/setup-cli",
                "v1.13.0",
                "6bb7075f85b326f8b9ce160933dfe9bcd63c8121",
            ),
            Self::AzureLogin => (
                "azure/login",
                "v3.0.1",
                "f5d393ae46f8fde4be8b75f32e3fc50e654ad0ca",
            ),
        }
    }
}

/// One action at one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// `owner/name@<commit>`.
    pub reference: String,
    /// The version that the commit was released as.
    pub version: String,
}

/// The pins of every action: the built-in ones, what stands on disk in their place, and what the
/// spec puts in the place of both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pins {
    overrides: BTreeMap<Pinned, Pin>,
    kept: BTreeMap<Pinned, Pin>,
}

impl Pins {
    /// The built-in pins, overridden by `owner/name` to `<commit> # <version>`.
    ///
    /// # Errors
    /// Every override that is not of that form, or is of an action that no workflow uses.
    pub fn new(overrides: &BTreeMap<String, String>) -> Result<Self, Vec<PlanError>> {
        let mut pins = Self::default();
        let mut errors = Vec::new();
        for (name, text) in overrides {
            match read(name, text) {
                Ok((action, pin)) => {
                    pins.overrides.insert(action, pin);
                }
                Err(problem) => {
                    errors.push(PlanError::new(&["ci", "github", "pins", name], problem));
                }
            }
        }
        if errors.is_empty() {
            Ok(pins)
        } else {
            Err(errors)
        }
    }

    /// The same, but for actions that a file on disk has at another commit: `owner/name` and
    /// `<commit> # <version>` of each line that uses one. An action that the spec pins, one that
    /// is not known and a pin of another form change nothing.
    #[must_use]
    pub fn keeping(&self, on_disk: &[(String, String)]) -> Self {
        let mut pins = self.clone();
        for (name, text) in on_disk {
            let Ok((action, pin)) = read(name, text) else {
                continue;
            };
            if !pins.overrides.contains_key(&action) && pin != built_in(action) {
                pins.kept.entry(action).or_insert(pin);
            }
        }
        pins
    }

    /// What is kept from disk, as `owner/name version`.
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        let described =
            |(action, pin): (&Pinned, &Pin)| format!("{} {}", action.name(), pin.version);
        self.kept.iter().map(described).collect()
    }

    /// What stands behind `uses:`, and the version for the comment behind it.
    #[must_use]
    pub fn uses(&self, action: Pinned) -> Pin {
        let chosen = self.overrides.get(&action).or(self.kept.get(&action));
        chosen.cloned().unwrap_or_else(|| built_in(action))
    }
}

fn built_in(action: Pinned) -> Pin {
    let (name, version, commit) = action.built_in();
    Pin {
        reference: format!("{name}@{commit}"),
        version: version.to_owned(),
    }
}

fn read(name: &str, text: &str) -> Result<(Pinned, Pin), Problem> {
    let action = Pinned::ALL
        .into_iter()
        .find(|action| action.name() == name)
        .ok_or_else(|| Problem::UnknownAction {
            name: name.to_owned(),
        })?;
    let bad = || Problem::BadPin {
        text: text.to_owned(),
    };
    let (commit, version) = text.split_once('#').ok_or_else(bad)?;
    let (commit, version) = (commit.trim(), version.trim());
    let is_commit = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
    let is_version = !version.is_empty()
        && version
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+'));
    if !is_commit || !is_version {
        return Err(bad());
    }
    let reference = format!("{name}@{}", commit.to_ascii_lowercase());
    Ok((
        action,
        Pin {
            reference,
            version: version.to_owned(),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(name: &str, text: &str) -> Result<Pins, Vec<PlanError>> {
        Pins::new(&[(name.to_owned(), text.to_owned())].into())
    }

    #[test]
    fn an_override_replaces_one_pin_and_no_other() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        let pins = overrides("actions/checkout", &format!("{commit} # v8.0.0")).unwrap();
        let checkout = pins.uses(Pinned::Checkout);
        assert_eq!(checkout.reference, format!("actions/checkout@{commit}"));
        assert_eq!(checkout.version, "v8.0.0");
        assert_eq!(
            pins.uses(Pinned::SetupUv),
            Pins::default().uses(Pinned::SetupUv)
        );
    }

    #[test]
    fn what_a_bot_wrote_stands_unless_the_spec_says_otherwise() {
        let (bot, spec) = ("1".repeat(40), "2".repeat(40));
        let on_disk = |name: &str, pin: String| (name.to_owned(), pin);
        let disk = [
            on_disk("actions/checkout", format!("{bot} # v8.0.0")),
            on_disk("actions/setup-python", format!("{bot} # v9.0.0")),
            on_disk("astral-sh/setup-uv", "v10".to_owned()),
            on_disk("someone/else", format!("{bot} # v1")),
        ];
        let pins = overrides("actions/setup-python", &format!("{spec} # v8.0.0")).unwrap();
        let kept = pins.keeping(&disk);
        assert_eq!(kept.kept(), ["actions/checkout v8.0.0"]);
        assert_eq!(
            kept.uses(Pinned::Checkout).reference,
            format!("actions/checkout@{bot}")
        );
        assert_eq!(
            kept.uses(Pinned::SetupPython),
            pins.uses(Pinned::SetupPython)
        );
        assert_eq!(kept.uses(Pinned::SetupUv), pins.uses(Pinned::SetupUv));
    }

    #[test]
    fn a_tag_a_short_commit_or_an_unknown_action_is_refused() {
        for text in [
            "v7",
            "3d3c42e # v7.0.1",
            "3d3c42e5aac5ba805825da76410c181273ba90b1",
            "",
        ] {
            assert!(overrides("actions/checkout", text).is_err(), "{text}");
        }
        let pin = "3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1";
        let errors = overrides("actions/chekout", pin).unwrap_err();
        assert_eq!(
            errors.first().unwrap().pointer,
            "/ci/github/pins/actions~1chekout"
        );
    }

    #[test]
    fn every_built_in_pin_is_a_whole_commit() {
        for action in Pinned::ALL {
            let (_, version, commit) = action.built_in();
            assert!(overrides(action.name(), &format!("{commit} # {version}")).is_ok());
        }
    }
}
