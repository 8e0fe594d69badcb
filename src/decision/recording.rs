//! Evidence as a file: read once, judged as often as one likes, with no store in reach.
//!
//! The one decision here: every decision is made from such a record, also where none is written, so
//! that judging it again gives the same decision, byte for byte.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::canonical::canonical;
use super::digest::sha256;
use super::form::{self, Misread};
use super::{FileRecord, StoreRecord};
use crate::evidence::Evidence;

/// What names the form of the file; another form has another name.
pub const RECORDING_ID: &str = "gatewright-evidence/1";

/// Evidence with the circumstances it was read under: what `gate record` writes.
///
/// The decision's `evidence` is the SHA-256 of this document as it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The form of this document: [`RECORDING_ID`].
    #[serde(rename = "format")]
    pub schema: String,
    /// The version of gatewright that read the evidence.
    pub gatewright: String,
    /// When it was read, in UTC (RFC 3339).
    pub recorded_at: String,
    /// The project's name.
    pub project: String,
    /// The environment whose stores were read, when one was named.
    pub environment: Option<String>,
    /// The gate that asked for it.
    pub gate: String,
    /// The commit that was checked out, when it is known.
    pub commit: Option<String>,
    /// Whether files of the checkout differed from that commit, when it is known.
    pub dirty: Option<bool>,
    /// Who started the run, as the CI system calls them.
    pub actor: Option<String>,
    /// The page of the CI run.
    pub run_url: Option<String>,
    /// The spec that asked for it.
    pub spec: FileRecord,
    /// The waivers that counted, when the gate has a file of them.
    pub waivers: Option<FileRecord>,
    /// The registered model that the candidate is a version of.
    pub model: String,
    /// The registered model that the champion is a version of, where it is another one: the
    /// candidate is copied there when it goes live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The stores that were read, without credentials.
    pub stores: StoreRecord,
    /// What was read.
    pub evidence: Evidence,
}

/// Why a file is no recorded evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It ends too early.
    Truncated,
    /// It is of another form, or of a later one.
    Form(String),
    /// It is not what its form says.
    Malformed(String),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("it ends too early"),
            Self::Form(form) => write!(f, "it is of another form, `{form}`"),
            Self::Malformed(reason) => write!(f, "it is not recorded evidence: {reason}"),
        }
    }
}

impl From<Misread> for Unreadable {
    fn from(misread: Misread) -> Self {
        match misread {
            Misread::Truncated => Self::Truncated,
            Misread::Other(form) => Self::Form(form),
            Misread::Malformed(reason) => Self::Malformed(reason),
        }
    }
}

impl Recording {
    /// The document as it is written to a file: UTF-8, fields in order, LF.
    #[must_use]
    pub fn text(&self) -> String {
        canonical(self)
    }

    /// `sha256:` and the digest of the document as it is written to a file.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256(self.text().as_bytes())
    }

    /// Reads the document back.
    ///
    /// # Errors
    /// [`Unreadable`] for anything but exactly this form: what is not understood is not judged.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let read: Self = form::read(text, RECORDING_ID)?;
        match read.evidence.contradiction() {
            None => Ok(read),
            Some(contradiction) => Err(Unreadable::Malformed(contradiction)),
        }
    }

    /// Whether the candidate is the live version itself, so that there is nothing to judge.
    #[must_use]
    pub fn is_live(&self) -> bool {
        let candidate = self.evidence.candidate.version.as_ref();
        let champion = self.evidence.champion();
        let champion = champion.and_then(|champion| champion.version.as_ref());
        let Some((candidate, champion)) = candidate.zip(champion) else {
            return false;
        };
        match &self.target {
            None => candidate.number == champion.number,
            Some(_) => champion.is_copy_of(&self.model, candidate.number),
        }
    }
}
