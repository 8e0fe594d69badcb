//! `gatewright gate check`: resolve, read, judge, report.

use super::load::{Loaded, require};
use super::stores::Stores;
use super::{comment, publish};
use crate::cli::GateCheck;
use crate::console::Console;
use crate::decision::{Circumstances, Decision, SpecRecord, StoreRecord, VersionRecord};
use crate::error::Error;
use crate::evidence::{Evidence, File, Reference, Referent, Subject};
use crate::exit::Exit;
use crate::gate::{Candidate, Gate, Judgement, Need, Verdict, judge};
use crate::gather::{self, Chosen, Files, Question, Resolved};
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
    let (evidence, judgement) = weigh(arguments, spec, gate, &stores, console)?;
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
        evidence: String::new(),
        candidate: VersionRecord::of(&evidence.candidate),
        champion: evidence.champion().map(VersionRecord::of),
    };
    Ok(Decision::new(circumstances, &judgement))
}

/// Reads the evidence and judges it; a candidate that is live already is not judged against
/// itself.
fn weigh(
    arguments: &GateCheck,
    spec: &Spec,
    gate: &Gate,
    stores: &Stores,
    console: &Console<'_>,
) -> Result<(Evidence, Judgement), Error> {
    let named = arguments.candidate.as_deref().map(candidate);
    let need = Need::of(gate);
    let resolved = gather::resolve(Question {
        model: &spec.model.name,
        candidate: named.as_ref().unwrap_or(&gate.candidate),
        live_alias: &gate.baseline.alias,
        references: &need.references,
        registry: stores.registry().store.as_ref(),
    })?;
    if resolved.is_live() {
        if named.is_some() {
            return Err(self_comparison(spec, &resolved.candidate));
        }
        let evidence = live(&resolved);
        return Ok((evidence, Judgement::already_live()));
    }
    let files = Files {
        artifact: &|_, _| Ok(File::Absent),
        beside_spec: &|_| Ok(File::Absent),
    };
    let now_ms = console.now.as_millisecond();
    let evidence = gather::collect(
        &resolved,
        &need,
        stores.tracking.store.as_ref(),
        files,
        now_ms,
    )?;
    let judgement = judge(gate, &evidence);
    Ok((evidence, judgement))
}

/// What is recorded where nothing had to be read.
fn live(resolved: &Resolved) -> Evidence {
    let subject = Subject {
        found_by: resolved.candidate.found_by.clone(),
        version: resolved.candidate.version.clone(),
        ..Subject::default()
    };
    let champion = Referent::One(Box::new(subject.clone()));
    Evidence {
        candidate: subject,
        references: [(Reference::Champion, champion)].into(),
        ..Evidence::default()
    }
}

fn candidate(text: &str) -> Candidate {
    text.parse()
        .map_or_else(|_| Candidate::Alias(text.to_owned()), Candidate::Version)
}

/// A candidate found by its usual alias may well be live already: then there is nothing to do.
/// One that was named to be judged against itself is a mistake.
fn self_comparison(spec: &Spec, candidate: &Chosen) -> Error {
    let version = candidate
        .version
        .as_ref()
        .map_or(0, |version| version.number);
    Error::usage(
        format!(
            "self-comparison: version {version} of `{}` is the champion itself",
            spec.model.name
        ),
        "name another version with `--candidate`",
    )
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
