//! Which gate, in which stores, about whom: from the command line's words to the spec's values.

use crate::cli::GateQuestion;
use crate::diagnostic::nearest;
use crate::error::Error;
use crate::gate::{Candidate, Check, Gate};
use crate::spec::{Environment, Mlflow, Spec};

/// What a gate is asked about, and where that is read. What is not named follows from the spec.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::commands) struct Question<'a> {
    /// The gate.
    pub(in crate::commands) gate: Option<&'a str>,
    /// The environment.
    pub(in crate::commands) environment: Option<&'a str>,
    /// The version under judgement.
    pub(in crate::commands) candidate: Option<&'a str>,
    /// The tracking store.
    pub(in crate::commands) tracking_uri: Option<&'a str>,
    /// Whether to read every file of the model, whatever the spec says.
    pub(in crate::commands) model_files: bool,
}

impl<'a> Question<'a> {
    /// The question that a command line asks.
    pub(super) fn of(arguments: &'a GateQuestion) -> Self {
        Self {
            gate: arguments.gate.as_deref(),
            environment: arguments.env.as_deref(),
            candidate: arguments.candidate.as_deref(),
            tracking_uri: arguments.tracking_uri.as_deref(),
            model_files: arguments.model_files,
        }
    }

    /// The gate it is about.
    pub(super) fn gate<'s>(&self, spec: &'s Spec) -> Result<&'s Gate, Error> {
        let known: Vec<_> = spec.gates.iter().map(|gate| gate.name.as_str()).collect();
        let of_versions: Vec<_> = spec.gates_of_versions().collect();
        match (self.gate, of_versions.as_slice()) {
            (Some(name), _) => spec.gate(name).ok_or_else(|| {
                Error::usage(
                    format!("there is no gate `{name}`"),
                    one_of("gates", &known),
                )
            }),
            (None, [only]) => Ok(*only),
            (None, []) => Err(Error::usage(
                "the spec has no gate",
                "add one: `gates: {promote: {checks: [\"rmse <= 5.0\"]}}`",
            )),
            (None, _) => Err(Error::usage(
                "the spec has several gates",
                one_of("gates", &known),
            )),
        }
    }

    /// The stores it is about.
    pub(in crate::commands) fn stores<'s>(&self, spec: &'s Spec) -> Result<&'s Mlflow, Error> {
        match self.environment {
            Some(name) => Ok(&environment(spec, name)?.mlflow),
            None => Ok(&spec.mlflow),
        }
    }

    /// The version that was named: a number or an alias.
    pub(super) fn candidate(&self) -> Option<Candidate> {
        let text = self.candidate?;
        Some(
            text.parse()
                .map_or_else(|_| Candidate::Alias(text.to_owned()), Candidate::Version),
        )
    }
}

/// The environment with a name.
///
/// # Errors
/// A usage error that names those there are.
pub(in crate::commands) fn environment<'s>(
    spec: &'s Spec,
    name: &str,
) -> Result<&'s Environment, Error> {
    let known = spec.environments.iter();
    let known: Vec<_> = known.map(|one| one.name.as_str()).collect();
    spec.environment(name).ok_or_else(|| {
        Error::usage(
            format!("there is no environment `{name}`"),
            one_of("environments", &known),
        )
    })
}

/// The check of a gate with this id, or with this text.
pub(super) fn find_check<'g>(gate: &'g Gate, named: &str) -> Result<&'g Check, Error> {
    let mut checks = gate.checks.iter();
    let is_named = |check: &&Check| check.id == named || check.rule.to_string() == named;
    checks.find(is_named).ok_or_else(|| {
        let ids: Vec<_> = gate.checks.iter().map(|check| check.id.as_str()).collect();
        let help = nearest(named, ids.iter().copied()).map_or_else(
            || one_of("checks", &ids),
            |near| format!("did you mean `{near}`?"),
        );
        Error::usage(format!("gate `{}` has no check `{named}`", gate.name), help)
    })
}

fn one_of(kind: &str, names: &[&str]) -> String {
    if names.is_empty() {
        format!("the spec has no {kind}")
    } else {
        format!("{kind} are: {}", names.join(", "))
    }
}
