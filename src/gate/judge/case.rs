//! What a rule is judged with.

use crate::evidence::{Evidence, Reference, Referent, Subject};
use crate::gate::Gate;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;
use crate::gate::rule::ReadFrom;

/// The gate's settings and the evidence: what every rule looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) gate: &'a Gate,
    pub(super) evidence: &'a Evidence,
}

/// One side of a comparison, with the words for it.
#[derive(Debug, Clone)]
pub(super) struct Side<'a> {
    pub(super) subject: &'a Subject,
    /// `the candidate`, `the champion`, `version 3`.
    pub(super) whose: String,
    /// Where its metrics are read.
    pub(super) from: &'a ReadFrom,
}

impl<'a> Case<'a> {
    /// The candidate, read where the rule says, or else the gate.
    pub(super) fn candidate(&self, from: Option<&'a ReadFrom>) -> Side<'a> {
        Side {
            subject: &self.evidence.candidate,
            whose: "the candidate".to_owned(),
            from: from.unwrap_or(&self.gate.from),
        }
    }

    /// Everyone a reference stands for, at least one, or why there is nobody. A run that is named
    /// as the place of a metric is the candidate's; the others are read from their own.
    pub(super) fn others(
        &self,
        reference: &Reference,
        from: Option<&'a ReadFrom>,
    ) -> Result<Vec<Side<'a>>, Box<Opinion>> {
        let subjects = match self.evidence.references.get(reference) {
            Some(Referent::One(subject)) => std::slice::from_ref(subject.as_ref()),
            Some(Referent::Many(subjects)) => subjects.as_slice(),
            Some(Referent::Absent) => &[],
            None => {
                return Err(Box::new(Opinion::new(
                    Reason::EvidenceUnreadable,
                    format!("the evidence does not say what {reference} is"),
                )));
            }
        };
        if subjects.is_empty() {
            return Err(Box::new(nothing_yet(reference)));
        }
        if subjects.iter().any(|subject| self.is_candidate(subject)) {
            return Err(Box::new(Opinion::new(
                Reason::NoBaseline,
                format!("{reference} is the candidate itself"),
            )));
        }
        let from = match from.unwrap_or(&self.gate.from) {
            ReadFrom::NamedRun(_) => &ReadFrom::Run,
            other => other,
        };
        let side = |subject: &'a Subject| Side {
            subject,
            whose: match reference {
                Reference::Champion => "the champion".to_owned(),
                Reference::Previous => "the previous version".to_owned(),
                _ => subject.name(),
            },
            from,
        };
        Ok(subjects.iter().map(side).collect())
    }

    fn is_candidate(&self, subject: &Subject) -> bool {
        let versions = self.evidence.candidate.version.as_ref();
        versions
            .zip(subject.version.as_ref())
            .is_some_and(|(candidate, other)| other.is_or_copies(candidate))
    }
}

/// There is nothing a reference could stand for yet.
fn nothing_yet(reference: &Reference) -> Opinion {
    let message = match reference {
        Reference::Champion => "there is no champion yet".to_owned(),
        Reference::Previous => "nothing was live before the champion, by the record".to_owned(),
        Reference::Alias(alias) => format!("no version has the alias `{alias}` yet"),
        Reference::Version(number) => format!("there is no version {number}"),
        Reference::Run(id) => format!("there is no run {id}"),
        Reference::Median(_) | Reference::Best(_) => {
            "nothing was promoted yet, by the record".to_owned()
        }
    };
    // A number or an id is never "not yet": whoever wrote it meant something that is there.
    let reason = match reference {
        Reference::Version(_) | Reference::Run(_) => Reason::BaselineInvalid,
        _ => Reason::NoBaseline,
    };
    Opinion::new(reason, message)
}
