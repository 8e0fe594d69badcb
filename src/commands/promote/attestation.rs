//! Whether the decisions are attested.
//!
//! The one decision here: an attestation is one of a file. A decision that is made inside of the
//! promotion was signed by nobody.

use super::look::Look;
use super::place::Place;
use crate::cli::Promote;
use crate::commands::attestation::{Requirement, decided, require};
use crate::commands::gate::{Question, Surroundings, model_files};
use crate::commands::load::Loaded;
use crate::console::Console;
use crate::decision::{Presented, sha256};
use crate::error::Error;
use crate::evidence::ModelFiles;
use crate::host::Checkout;
use crate::promotion::Attestation;
use crate::spec::Spec;

/// What is looked at.
pub(super) struct Sight<'a> {
    /// The command line.
    pub(super) arguments: &'a Promote,
    /// Where the model goes live.
    pub(super) place: Place<'a>,
    /// The spec's file.
    pub(super) loaded: &'a Loaded,
    /// What is checked out.
    pub(super) checkout: &'a Checkout,
}

/// Whether somebody asks for an attestation.
pub(super) fn is_asked(arguments: &Promote, spec: &Spec) -> bool {
    arguments.require_attestation
        || arguments.attestation.is_some()
        || spec.promotion.require_attestation
}

/// That an attestation which the command line asks for can be one: of a decision in a file.
///
/// # Errors
/// A usage error where no decision is handed in.
pub(super) fn can_be_one(arguments: &Promote) -> Result<(), Error> {
    let option = match &arguments.attestation {
        Some(_) => "--attestation",
        None if arguments.require_attestation => "--require-attestation",
        None => return Ok(()),
    };
    if !arguments.decisions.is_empty() || arguments.force {
        return Ok(());
    }
    Err(Error::usage(
        format!("`{option}` needs the decision that was signed, and none is handed in"),
        "name its file with `--decision FILE`: a decision that is made now is another one",
    ))
}

impl Sight<'_> {
    /// Looks for the attestation of each decision, and holds it against the files of the model as
    /// they are now.
    ///
    /// # Errors
    /// When nobody can tell, unless a person answers for it.
    pub(super) fn look(
        &self,
        decisions: &[Presented],
        look: &Look,
        console: &Console<'_>,
    ) -> Result<Attestation, Error> {
        if self.arguments.decisions.is_empty() {
            return Ok(made_now(decisions));
        }
        match self.shown(decisions, look, console) {
            Err(Error::Attestation { message, help }) => {
                Ok(Attestation::Missing { why: message, help })
            }
            Err(error) if self.arguments.force => Ok(Attestation::Missing {
                why: error.to_string(),
                help: error.help().unwrap_or_default(),
            }),
            other => other,
        }
    }

    fn shown(
        &self,
        decisions: &[Presented],
        look: &Look,
        console: &Console<'_>,
    ) -> Result<Attestation, Error> {
        let texts: Vec<_> = decisions.iter().map(Presented::text).collect();
        // A decision without the files of a model: nobody has to read them to refuse it.
        for text in &texts {
            decided(text)?;
        }
        let files = self.files(look, console)?;
        let attestations: Vec<_> = self.arguments.attestation.iter().cloned().collect();
        let records = require(
            &Requirement {
                decisions: &texts,
                files: Some(&files),
                attestations: &attestations,
                attestors: &self.place.spec.promotion.attestation,
                folder: self.loaded.folder(),
            },
            console,
        )?;
        Ok(Attestation::Shown {
            records,
            files: sha256(files.manifest().as_bytes()),
        })
    }

    /// The digest over the files of the candidate's model as they are now, where a decision has
    /// one to hold against it. Somebody may answer for a signature, and not for another model.
    ///
    /// # Errors
    /// When they cannot be read. What was in the way of the attestation already is none.
    pub(super) fn digest(
        &self,
        decisions: &[Presented],
        attestation: &Attestation,
        look: &Look,
        console: &Console<'_>,
    ) -> Result<Option<String>, Error> {
        let mut decisions = decisions.iter();
        if !decisions.any(|decision| decision.candidate.files.is_some()) {
            return Ok(None);
        }
        let digest = |files: ModelFiles| sha256(files.manifest().as_bytes());
        match attestation {
            Attestation::Shown { files, .. } => Ok(Some(files.clone())),
            Attestation::NotAsked => Ok(Some(digest(self.files(look, console)?))),
            Attestation::Missing { .. } if self.arguments.force => {
                Ok(self.files(look, console).ok().map(digest))
            }
            Attestation::Missing { .. } => Ok(None),
        }
    }

    /// The files of the candidate's model, as they are now.
    fn files(&self, look: &Look, console: &Console<'_>) -> Result<ModelFiles, Error> {
        let question = Question {
            environment: self.place.environment,
            tracking_uri: self.arguments.careful.tracking_uri.as_deref(),
            ..Question::default()
        };
        let version = (self.place.origin.name.as_str(), look.now.candidate.number);
        let around = Surroundings::of(console, self.checkout);
        model_files(question, self.loaded, self.place.spec, version, around)
    }
}

/// What was judged inside of the promotion.
fn made_now(decisions: &[Presented]) -> Attestation {
    let gate = decisions.first().map_or("GATE", |one| one.gate.as_str());
    Attestation::Missing {
        why: match decisions {
            [] => "there is none".to_owned(),
            _ => "it was made just now, and nobody has signed it".to_owned(),
        },
        help: format!(
            "judge with `gatewright gate check {gate} --model-files -o json=decision.json -o in-toto=statement.json`, sign that (docs/attestation.md), and promote with `--decision decision.json --attestation FILE`"
        ),
    }
}
