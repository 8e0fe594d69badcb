//! From a recording to a decision.

use super::waivers::Waivers;
use super::{Question, Surroundings, read, waivers};
use crate::commands::load::Loaded;
use crate::decision::{Decision, Recording};
use crate::error::Error;
use crate::exit::Exit;
use crate::gate::{Gate, Judgement, Verdict, judge_with};
use crate::spec::Spec;

/// Reads the evidence and judges it.
pub(in crate::commands) fn decide(
    question: Question<'_>,
    loaded: &Loaded,
    spec: &Spec,
    around: Surroundings<'_>,
) -> Result<Decision, Error> {
    let gate = question.gate(spec)?;
    Ok(decide_and_record(question, loaded, spec, gate, around)?.0)
}

/// The same, with the recording that was judged.
pub(super) fn decide_and_record(
    question: Question<'_>,
    loaded: &Loaded,
    spec: &Spec,
    gate: &Gate,
    around: Surroundings<'_>,
) -> Result<(Decision, Recording), Error> {
    let waivers = waivers::load(gate, loaded)?;
    let file = waivers.as_ref().map(|waivers| waivers.file.clone());
    // Before anything is asked of a store: a mistake in the file is known at once.
    if let Some(waivers) = &waivers {
        waivers.at(&around.now.to_string(), spec)?;
    }
    let recording = read::record(question, loaded, spec, gate, file, around)?;
    let decision = weigh(gate, spec, &recording, waivers.as_ref())?;
    Ok((decision, recording))
}

/// Judges what was recorded. A candidate that is live already is not judged against itself.
/// Waivers count as they stood when the evidence was read.
pub(super) fn weigh(
    gate: &Gate,
    spec: &Spec,
    recording: &Recording,
    waivers: Option<&Waivers>,
) -> Result<Decision, Error> {
    let (waivers, warnings) = match waivers {
        Some(waivers) => waivers.at(&recording.recorded_at, spec)?,
        None => Default::default(),
    };
    let mut judgement = if recording.is_live() {
        Judgement::already_live()
    } else {
        judge_with(gate, &recording.evidence, &waivers)
    };
    judgement.notes.extend(warnings);
    if let Some(target) = &recording.target {
        let note =
            format!("live is a version of `{target}`, to which the candidate would be copied");
        judgement.notes.push(note);
    }
    Ok(Decision::new(recording, gate, &judgement))
}

/// Only a pass is a yes; anything that is not one of the three verdicts cannot be.
pub(in crate::commands) fn exit(decision: &Decision) -> Exit {
    match decision.verdict.as_str() {
        verdict if verdict == Verdict::Pass.name() => Exit::Yes,
        verdict if verdict == Verdict::Hold.name() => Exit::Hold,
        _ => Exit::No,
    }
}
