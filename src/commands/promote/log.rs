//! Decisions as files of the candidate's run, where they can be found again.
//!
//! The one decision here: a file is called by its digest, so that writing it again changes nothing,
//! and the record names it only when it is there.

use super::look::Look;
use super::place::Place;
use crate::artifact::{self, Access, Location};
use crate::console::Console;
use crate::decision::Presented;
use crate::promotion::DecisionLink;

/// Where decisions are among the files of a run.
const FOLDER: &str = "gatewright/decisions";

/// The links to decisions, none of them logged yet.
pub(super) fn links(decisions: &[Presented]) -> Vec<DecisionLink> {
    let decisions = decisions.iter();
    decisions
        .map(|decision| DecisionLink {
            gate: decision.gate.clone(),
            verdict: decision.verdict.clone(),
            digest: decision.digest(),
            judged_at: decision.judged_at.clone(),
            logged: None,
        })
        .collect()
}

/// Logs the decisions, and says in the links where. What cannot be logged is a warning: the record
/// still has the digest.
pub(super) fn log(
    place: Place<'_>,
    look: &Look,
    decisions: &[Presented],
    links: &mut [DecisionLink],
    console: &Console<'_>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    for (decision, link) in decisions.iter().zip(links) {
        match log_one(place, look, decision, console) {
            Ok(logged) => link.logged = Some(logged),
            Err(reason) => warnings.push(format!(
                "the decision of gate `{}` is not kept with the run: {reason}; the record has its digest",
                decision.gate
            )),
        }
    }
    warnings
}

/// Where the decision is, for MLflow.
fn log_one(
    place: Place<'_>,
    look: &Look,
    decision: &Presented,
    console: &Console<'_>,
) -> Result<String, String> {
    let run = look.now.candidate.run_id.as_ref();
    let Some((run, artifacts)) = run.zip(look.artifacts.as_ref()) else {
        return Err("the version has no run in this store".to_owned());
    };
    let digest = decision.digest();
    let path = format!("{FOLDER}/{}.json", digest.replacen("sha256:", "", 1));
    let lookup = console.environment.lookup();
    let access = Access::new(place.folder, &look.tracking_uri, &lookup);
    let access = access.observed(&console.observer);
    let text = decision.text();
    Location::parse(artifacts)
        .and_then(|location| artifact::write(&location, &path, text.as_bytes(), &access))
        .map_err(|error| error.to_string())?;
    Ok(format!("runs:/{run}/{path}"))
}
