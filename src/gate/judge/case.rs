//! What a rule is judged with.

use crate::evidence::{Evidence, Reference, Referent, Subject};
use crate::gate::Gate;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;

/// The gate's settings and the evidence: what every rule looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) gate: &'a Gate,
    pub(super) evidence: &'a Evidence,
}

impl<'a> Case<'a> {
    pub(super) fn candidate(&self) -> &'a Subject {
        &self.evidence.candidate
    }

    /// The one version that a reference stands for, or why there is none.
    pub(super) fn other(&self, reference: &Reference) -> Result<&'a Subject, Box<Opinion>> {
        match self.evidence.references.get(reference) {
            Some(Referent::One(subject)) => Ok(subject),
            Some(Referent::Many(_)) => Err(Box::new(Opinion::new(
                Reason::EvidenceUnreadable,
                format!("{reference} is not one version"),
            ))),
            Some(Referent::Absent) => Err(Box::new(nothing_yet(reference))),
            None => Err(Box::new(Opinion::new(
                Reason::EvidenceUnreadable,
                format!("the evidence does not say what {reference} is"),
            ))),
        }
    }
}

/// There is nothing a reference could stand for yet.
pub(super) fn nothing_yet(reference: &Reference) -> Opinion {
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
    Opinion::new(Reason::NoBaseline, message)
}
