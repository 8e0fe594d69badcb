//! `scorers same REF`: both sides were judged by the same judges.
//!
//! The one decision here: this rule asks for knowledge, so what is not recorded fails it. The same
//! digest does not guarantee the same behaviour (a language model may change behind its name); a
//! different one rules it out.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Side};
use crate::evidence::Reference;
use crate::gate::finding::{Observed, Opinion, Source, Value};
use crate::gate::reason::Reason;

/// The run's own digest over all its judges (since MLflow 3.17), as JSON.
const DIGEST: &str = "mlflow.genaiEvaluate.scorersDigest";

/// Every judge with whoever it was.
type Judges = BTreeMap<String, BTreeSet<String>>;

pub(super) fn judge(case: &Case<'_>, reference: &Reference) -> Opinion {
    let candidate = case.candidate(None);
    let ours = judges(&candidate);
    if !is_known(&ours) {
        return unknown(&candidate);
    }
    let others = match case.others(reference, None) {
        Ok(others) => others,
        Err(opinion) => return *opinion,
    };
    let mut opinion = Opinion::new(Reason::Holds, "holds");
    let mut derivation = vec![format!("the candidate was judged by {}", list(&ours))];
    for other in &others {
        let theirs = judges(other);
        derivation.push(format!("{} was judged by {}", other.whose, list(&theirs)));
        if opinion.reason == Reason::Holds {
            opinion = compare(&ours, &theirs, other);
        }
    }
    Opinion {
        candidate: Some(observed(&candidate, &ours)),
        derivation,
        ..opinion
    }
}

fn compare(ours: &Judges, theirs: &Judges, other: &Side<'_>) -> Opinion {
    if !is_known(theirs) {
        return unknown(other);
    }
    let opinion = if ours == theirs {
        Opinion::new(Reason::Holds, "holds")
    } else {
        let names: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
        let differing: Vec<_> = names
            .into_iter()
            .filter(|name| ours.get(*name) != theirs.get(*name))
            .map(|name| {
                format!(
                    "`{name}` ({} for the candidate, {} for {})",
                    who(ours.get(name)),
                    who(theirs.get(name)),
                    other.whose
                )
            })
            .collect();
        let message = format!("these judges differ: {}", differing.join("; "));
        Opinion::new(Reason::Violated, message)
    };
    Opinion {
        baseline: Some(observed(other, theirs)),
        ..opinion
    }
}

/// By the answers to single rows, else by the run's own digest over all its judges.
fn judges(side: &Side<'_>) -> Judges {
    let mut judges = Judges::new();
    let subject = side.subject;
    for given in subject.assessments.values().flat_map(|all| &all.given) {
        let identities = judges.entry(given.judge.clone()).or_default();
        identities.insert(given.scorer.clone());
    }
    if !judges.is_empty() {
        return judges;
    }
    let tag = subject.run.as_ref().and_then(|run| run.tags.get(DIGEST));
    let digest = tag.and_then(|tag| whole(tag));
    let all = digest.map(|digest| ("all judges".to_owned(), BTreeSet::from([digest])));
    all.into_iter().collect()
}

/// Whether every judge is known by its definition.
fn is_known(judges: &Judges) -> bool {
    !judges.is_empty() && judges.values().flatten().all(|scorer| is_digest(scorer))
}

/// The digest, if it is over every judge of the run.
fn whole(tag: &str) -> Option<String> {
    let tag: serde_json::Value = serde_json::from_str(tag).ok()?;
    let (hashed, total) = (tag.get("hashed")?.as_u64()?, tag.get("total")?.as_u64()?);
    let digest = tag.get("digest")?.as_str()?;
    (hashed == total && total > 0).then(|| digest.to_owned())
}

fn unknown(side: &Side<'_>) -> Opinion {
    Opinion::new(
        Reason::EvidenceMissing,
        format!(
            "it is not recorded by which definitions of judges {} was judged",
            side.subject.name()
        ),
    )
}

/// Whether this identifies a definition: MLflow has written digests since 3.17, and only names
/// before.
pub(super) fn is_digest(scorer: &str) -> bool {
    scorer.starts_with("sha256:")
}

fn who(identities: Option<&BTreeSet<String>>) -> String {
    identities.map_or("absent".to_owned(), |identities| {
        identities.iter().cloned().collect::<Vec<_>>().join(", ")
    })
}

fn list(judges: &Judges) -> String {
    if judges.is_empty() {
        return "nobody known".to_owned();
    }
    let shown: Vec<_> = judges
        .iter()
        .map(|(name, identities)| format!("`{name}` ({})", who(Some(identities))))
        .collect();
    shown.join(", ")
}

fn observed(side: &Side<'_>, judges: &Judges) -> Observed {
    Observed {
        value: Value::Text(list(judges)),
        source: Source {
            place: side.subject.name(),
            ..Source::default()
        },
    }
}
