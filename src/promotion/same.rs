//! Whether a decision is about what is there now.
//!
//! The one decision here: nothing is compared by name alone. A version is the same where its source
//! and run are, a spec where its digest is.

use jiff::Timestamp;

use super::case::{Asked, Case};
use super::refusal::{Ground, Refusal};
use crate::decision::{Presented, SettingsRecord};

/// How far ahead of our clock the clock of who judged may be, in milliseconds.
const SKEW_MS: i64 = 60_000;

/// `--env prod`, where there is one.
fn env_flag(environment: Option<&str>) -> String {
    environment.map_or_else(String::new, |name| format!(" --env {name}"))
}

/// What to do where a decision is not about what is there.
pub(super) fn again(case: &Case<'_>, gate: &str) -> String {
    format!(
        "judge again: `gatewright gate check {gate}{} -o json=decision.json`; or leave `--decision` out",
        env_flag(case.environment)
    )
}

/// That a decision is about this project, model, registry, environment and spec.
pub(super) fn same_question(
    case: &Case<'_>,
    asked: &Asked<'_>,
    decision: &Presented,
) -> Vec<Refusal> {
    let gate = &decision.gate;
    let model = &case.spec.candidate_model_of(case.environment).name;
    let named = |name: Option<&str>| match name {
        Some(name) => format!("environment `{name}`"),
        None => "no environment".to_owned(),
    };
    let subjects = [
        (
            "project",
            decision.project.clone(),
            case.spec.project.clone(),
        ),
        ("model", decision.model.clone(), model.clone()),
        (
            "registry",
            decision.stores.registry.clone(),
            case.now.registry.clone(),
        ),
    ];
    let mut refusals: Vec<_> = subjects
        .into_iter()
        .filter(|(_, judged, here)| judged != here)
        .map(|(what, judged, here)| {
            Refusal::new(
                Ground::OtherSubject,
                format!("gate `{gate}` judged in {what} `{judged}`, and this is {what} `{here}`"),
                again(case, gate),
            )
        })
        .collect();
    if decision.environment.as_deref() != case.environment {
        refusals.push(Refusal::new(
            Ground::OtherSubject,
            format!(
                "gate `{gate}` judged for {}, and this is for {}",
                named(decision.environment.as_deref()),
                named(case.environment)
            ),
            again(case, gate),
        ));
    }
    refusals.extend(same_spec(case, asked, decision));
    refusals
}

fn same_spec(case: &Case<'_>, asked: &Asked<'_>, decision: &Presented) -> Option<Refusal> {
    let gate = &decision.gate;
    let waivers = decision.waivers.as_ref().map(|file| file.digest.as_str());
    let what = if decision.spec.digest != case.spec.digest {
        format!(
            "gate `{gate}` judged by another spec ({}, now {})",
            short(&decision.spec.digest),
            short(&case.spec.digest)
        )
    } else if waivers != asked.waivers.as_deref() {
        format!("gate `{gate}` judged with other waivers than there are now")
    } else if decision.settings != SettingsRecord::of(asked.gate) {
        format!("gate `{gate}` judged with other settings than this gatewright reads from the spec")
    } else {
        return None;
    };
    let help = format!(
        "check out the commit that was judged, or {}",
        again(case, gate)
    );
    Some(Refusal::new(Ground::OtherSpec, what, help))
}

fn short(digest: &str) -> &str {
    digest.get(..19).unwrap_or(digest)
}

/// That the versions are the ones that were judged.
pub(super) fn same_versions(
    case: &Case<'_>,
    asked: &Asked<'_>,
    decision: &Presented,
) -> Vec<Refusal> {
    let gate = &decision.gate;
    let now = &case.now.candidate;
    let judged = &decision.candidate;
    let mut refusals = Vec::new();
    match judged.version {
        None => refusals.push(Refusal::new(
            Ground::Unregistered,
            format!(
                "gate `{gate}` judged {}, which is no version",
                judged.name()
            ),
            "register the model from its run, and judge that version",
        )),
        Some(number) if number != now.number => refusals.push(Refusal::new(
            Ground::CandidateMoved,
            format!(
                "gate `{gate}` judged version {number}, and the candidate is version {} now",
                now.number
            ),
            format!(
                "name the version with `--candidate {number}`, or {}",
                again(case, gate)
            ),
        )),
        Some(number) => refusals.extend(changed(case, decision).map(|what| {
            let message = format!("version {number} has another {what} than gate `{gate}` judged");
            Refusal::new(Ground::CandidateChanged, message, again(case, gate))
        })),
    }
    refusals.extend(same_champion(case, asked, decision));
    refusals
}

/// What of the candidate is not what was judged.
fn changed(case: &Case<'_>, decision: &Presented) -> Option<&'static str> {
    let (now, judged) = (&case.now.candidate, &decision.candidate);
    if now.source != judged.source {
        Some("source")
    } else if now.run_id != judged.run_id {
        Some("run")
    } else if judged.model_file.is_some() && judged.model_file != case.now.model_file {
        Some("`MLmodel` file")
    } else {
        let files = judged.files.as_ref().map(|files| &files.digest);
        let differ = files.zip(case.now.files.as_ref());
        differ
            .filter(|(judged, now)| judged != now)
            .map(|_| "model digest")
    }
}

fn same_champion(case: &Case<'_>, asked: &Asked<'_>, decision: &Presented) -> Option<Refusal> {
    let alias = &asked.gate.baseline.alias;
    let now = case.now.aliases.get(alias).copied();
    let judged = decision
        .champion
        .as_ref()
        .and_then(|champion| champion.version);
    (now != judged).then(|| {
        let against = match judged {
            Some(version) => format!("against version {version}"),
            None => "when nothing was live".to_owned(),
        };
        let message = format!(
            "gate `{}` judged {against}, and `{alias}` is {} now{}",
            decision.gate,
            points_to(now),
            since(case, alias)
        );
        Refusal::new(Ground::ChampionMoved, message, again(case, &decision.gate))
    })
}

/// Who moved the alias there, where the ledger says so.
fn since(case: &Case<'_>, alias: &str) -> String {
    let record = case.now.live.as_ref();
    record
        .filter(|record| record.alias == alias)
        .map_or_else(String::new, |record| format!(", {}", record.who_and_when()))
}

/// Where an alias points to, in words.
pub(super) fn points_to(version: Option<u64>) -> String {
    version.map_or_else(
        || "absent".to_owned(),
        |version| format!("version {version}"),
    )
}

/// That a decision is not too old.
pub(super) fn age(case: &Case<'_>, decision: &Presented) -> Option<Refusal> {
    let gate = &decision.gate;
    let refusal = |message: String| Some(Refusal::new(Ground::Age, message, again(case, gate)));
    let Ok(judged_at) = decision.judged_at.parse::<Timestamp>() else {
        return refusal(format!("nobody knows when gate `{gate}` judged"));
    };
    let age_ms = case.now.at_ms.saturating_sub(judged_at.as_millisecond());
    let minutes = case.spec.promotion.max_decision_age_minutes;
    if age_ms < -SKEW_MS {
        refusal(format!(
            "gate `{gate}` judged in the future, at {}",
            decision.judged_at
        ))
    } else if age_ms > i64::from(minutes) * 60_000 {
        refusal(format!(
            "gate `{gate}` judged {} ago, and a decision counts for {}",
            duration(age_ms / 60_000),
            duration(i64::from(minutes))
        ))
    } else {
        None
    }
}

/// Minutes in the largest two units.
fn duration(minutes: i64) -> String {
    match (minutes / (24 * 60), minutes / 60 % 24, minutes % 60) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, 0, _) => "24 h".to_owned(),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
