//! What a promotion is judged on.

use std::collections::BTreeMap;

use super::{ApprovalRecord, Record};
use crate::attestation::AttestationRecord;
use crate::decision::Presented;
use crate::evidence::ModelVersion;
use crate::gate::Gate;
use crate::spec::Spec;

/// Everything that says whether a promotion may take place.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The spec.
    pub spec: &'a Spec,
    /// The environment, when one is named.
    pub environment: Option<&'a str>,
    /// The gates that have to pass.
    pub gates: &'a [Asked<'a>],
    /// The decisions that were handed in, or were just made.
    pub decisions: &'a [Presented],
    /// What the registry holds now.
    pub now: &'a Now,
    /// Where aliases are expected to be, as somebody said on the command line.
    pub expected: &'a [(String, Option<u64>)],
    /// Whether its attestation was asked for, and seen.
    pub attestation: &'a Attestation,
    /// Whether a person overrules the gates.
    pub force: bool,
}

/// A gate that has to pass.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The gate, as the environment asks it.
    pub gate: &'a Gate,
    /// `sha256:` and the digest of its waivers, as they stand now.
    pub waivers: Option<String>,
}

/// What the registry holds now.
#[derive(Debug, Clone)]
pub struct Now {
    /// The registry, as reports call it.
    pub registry: String,
    /// The time, in milliseconds since the Unix epoch.
    pub at_ms: i64,
    /// Where the aliases of the model point to.
    pub aliases: BTreeMap<String, u64>,
    /// The entry of the ledger by which the live version went live, where it says so.
    pub live: Option<Record>,
    /// The candidate.
    pub candidate: ModelVersion,
    /// `sha256:` and the digest of the candidate's `MLmodel` file, where it was read again.
    pub model_file: Option<String>,
    /// `sha256:` and the digest over all files of the candidate, where they were read again.
    pub files: Option<String>,
}

/// Whether the decision was attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attestation {
    /// Nobody asks for it.
    NotAsked,
    /// Each decision has one, and it is about this.
    Shown {
        /// Who signed, a decision each.
        records: Vec<AttestationRecord>,
        /// `sha256:` and the digest over the files of the model, as they are now.
        files: String,
    },
    /// It is asked for, and there is none that counts.
    Missing {
        /// Why, in a lowercase fragment.
        why: String,
        /// What to do next.
        help: String,
    },
}

impl Attestation {
    /// Who signed the decisions.
    #[must_use]
    pub fn records(self) -> Vec<AttestationRecord> {
        match self {
            Self::Shown { records, .. } => records,
            Self::NotAsked | Self::Missing { .. } => Vec::new(),
        }
    }
}

/// What is known about a person's approval.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvals {
    /// Those that were found.
    pub records: Vec<ApprovalRecord>,
    /// Why none could be looked for.
    pub unknown: Option<String>,
}
