//! `gatewright gate check`: resolve, read, judge, report.

use super::gather::{Runs, Stores, Versions};
use super::load::{Loaded, require};
use super::{comment, publish};
use crate::cli::GateCheck;
use crate::console::Console;
use crate::decision::{Circumstances, Decision, SpecRecord, StoreRecord};
use crate::error::Error;
use crate::evidence::{Metrics, Run};
use crate::exit::Exit;
use crate::gate::{Gate, Judgement, Verdict, judge};
use crate::host;
use crate::spec::{Mlflow, Spec};

pub(super) fn run(arguments: &GateCheck, console: &mut Console<'_>) -> Result<Exit, Error> {
    let (loaded, spec) = require(arguments.spec.spec.as_deref(), console)?;
    let decision = decide(arguments, &loaded, &spec, console)
        .inspect_err(|error| publish::announce_failure(error, console))?;
    publish::publish(&decision, arguments.format, &arguments.outputs, console)?;
    if arguments.comment {
        comment::comment(&decision, console);
    }
    Ok(exit(&decision))
}

/// Only a pass is a yes; anything that is not one of the three verdicts cannot be.
pub(super) fn exit(decision: &Decision) -> Exit {
    match decision.verdict.as_str() {
        verdict if verdict == Verdict::Pass.name() => Exit::Yes,
        verdict if verdict == Verdict::Hold.name() => Exit::Hold,
        _ => Exit::No,
    }
}

/// Reads the evidence and judges.
pub(super) fn decide(
    arguments: &GateCheck,
    loaded: &Loaded,
    spec: &Spec,
    console: &Console<'_>,
) -> Result<Decision, Error> {
    let gate = choose_gate(spec, arguments.gate.as_deref())?;
    let mlflow = choose_stores(spec, arguments.env.as_deref())?;
    let stores = Stores::open(
        mlflow,
        arguments.tracking_uri.as_deref(),
        loaded.folder(),
        console,
    )?;
    let versions = Versions::resolve(spec, gate, arguments.candidate.as_deref(), &stores)?;
    let (judgement, runs) = weigh(spec, gate, &versions, &stores)?;
    let circumstances = Circumstances {
        judged_at: console.now,
        project: spec.project.clone(),
        environment: arguments.env.clone(),
        gate: gate.name.clone(),
        commit: host::commit(&console.environment, loaded.folder()),
        spec: SpecRecord {
            path: spec.path.clone(),
            digest: spec.digest.clone(),
        },
        model: spec.model.name.clone(),
        stores: StoreRecord {
            tracking: stores.tracking.shown.clone(),
            registry: stores.registry().shown.clone(),
        },
        candidate: versions.candidate_record(&runs),
        champion: versions.champion_record(&runs, gate),
    };
    Ok(Decision::new(circumstances, &judgement))
}

/// Judges on the metrics of the runs that made the versions; a candidate that is live already is
/// not judged against itself.
fn weigh(
    spec: &Spec,
    gate: &Gate,
    versions: &Versions,
    stores: &Stores,
) -> Result<(Judgement, Runs), Error> {
    if versions.are_the_same() {
        versions.refuse_self_comparison(spec)?;
        return Ok((Judgement::already_live(), Runs::default()));
    }
    let runs = Runs::read(versions, stores)?;
    // A champion without a run is live all the same: its metrics are absent, not the champion.
    let metrics = |run: &Option<Run>| {
        run.as_ref()
            .map_or_else(Metrics::new, |run| run.metrics.clone())
    };
    let baseline = versions.champion.as_ref().map(|_| metrics(&runs.champion));
    let judgement = judge(gate, &metrics(&runs.candidate), baseline.as_ref());
    Ok((judgement, runs))
}

fn choose_gate<'s>(spec: &'s Spec, named: Option<&str>) -> Result<&'s Gate, Error> {
    let known: Vec<_> = spec.gates.iter().map(|gate| gate.name.as_str()).collect();
    match (named, spec.gates.as_slice()) {
        (Some(name), _) => spec.gate(name).ok_or_else(|| {
            Error::usage(
                format!("there is no gate `{name}`"),
                one_of("gates", &known),
            )
        }),
        (None, [only]) => Ok(only),
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

fn choose_stores<'s>(spec: &'s Spec, named: Option<&str>) -> Result<&'s Mlflow, Error> {
    let Some(name) = named else {
        return Ok(&spec.mlflow);
    };
    let known: Vec<_> = spec
        .environments
        .iter()
        .map(|environment| environment.name.as_str())
        .collect();
    spec.environment(name)
        .map(|environment| &environment.mlflow)
        .ok_or_else(|| {
            Error::usage(
                format!("there is no environment `{name}`"),
                one_of("environments", &known),
            )
        })
}

fn one_of(kind: &str, names: &[&str]) -> String {
    if names.is_empty() {
        format!("the spec has no {kind}")
    } else {
        format!("{kind} are: {}", names.join(", "))
    }
}
