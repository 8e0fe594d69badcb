//! Whether a promotion may take place.
//!
//! The one decision here: a decision is worth what it says about exactly this version, against
//! exactly what is live, by exactly this spec, today. Everything that differs is named, all of it
//! at once.

use super::case::{Asked, Attestation, Case};
use super::record::Record;
use super::refusal::{Ground, Refusal, Ruling};
use super::same::{again, age, points_to, same_question, same_versions};
use crate::decision::Presented;
use crate::evidence::ModelVersion;
use crate::gate::Remark;

/// The longest entry that every MLflow keeps, in bytes: the column of MLflow 2 holds 5,000
/// characters.
const LONGEST_ENTRY: usize = 4500;

/// Rules on a promotion.
#[must_use]
pub fn judge(case: &Case<'_>) -> Ruling {
    let mut refusals = complete(case);
    for asked in case.gates {
        let of_gate = |decision: &&Presented| decision.gate == asked.gate.name;
        for decision in case.decisions.iter().filter(of_gate) {
            refusals.extend(acceptable(case, asked, decision));
        }
    }
    refusals.extend(expected(case.expected, &case.now.aliases));
    refusals.extend(ready(&case.now.candidate));
    refusals.extend(approved(case));
    refusals.extend(attested(case));
    Ruling::of(refusals, case.force)
}

/// One decision of each gate that is asked, and no other.
fn complete(case: &Case<'_>) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if case.gates.is_empty() {
        refusals.push(Refusal::new(
            Ground::NoGate,
            "no gate has to pass, so that nobody judged the candidate",
            "add a gate to the spec: `gates: {promote: {checks: [\"rmse <= 5.0\"]}}`",
        ));
    }
    for asked in case.gates {
        let gate = &asked.gate.name;
        let count = case
            .decisions
            .iter()
            .filter(|one| one.gate == *gate)
            .count();
        match count {
            0 => refusals.push(Refusal::new(
                Ground::NoDecision,
                format!("there is no decision of the gate `{gate}`"),
                again(case, gate),
            )),
            1 => {}
            count => refusals.push(Refusal::new(
                Ground::TwoDecisions,
                format!("there are {count} different decisions of the gate `{gate}`"),
                "hand in the one that counts",
            )),
        }
    }
    let is_asked = |decision: &&Presented| {
        let mut gates = case.gates.iter();
        !gates.any(|asked| asked.gate.name == decision.gate)
    };
    for decision in case.decisions.iter().filter(is_asked) {
        let gates: Vec<_> = case
            .gates
            .iter()
            .map(|asked| asked.gate.name.as_str())
            .collect();
        refusals.push(Refusal::new(
            Ground::OtherGate,
            format!(
                "a decision is of the gate `{}`, which is not asked here",
                decision.gate
            ),
            format!("gates that are asked: {}", gates.join(", ")),
        ));
    }
    refusals
}

/// What stands against acting on a decision. One about something else is not looked at further.
fn acceptable(case: &Case<'_>, asked: &Asked<'_>, decision: &Presented) -> Vec<Refusal> {
    let about = same_question(case, asked, decision);
    if !about.is_empty() {
        return about;
    }
    let mut refusals = same_versions(case, asked, decision);
    refusals.extend(age(case, decision));
    refusals.extend(verdict(case, decision));
    refusals
}

fn verdict(case: &Case<'_>, decision: &Presented) -> Option<Refusal> {
    let gate = &decision.gate;
    let named = |ids: Vec<String>| {
        if ids.is_empty() {
            String::new()
        } else {
            format!(": {}", ids.join(", "))
        }
    };
    if decision.remark.as_deref() == Some(Remark::AlreadyLive.code()) {
        return Some(Refusal::new(
            Ground::NotJudged,
            format!("gate `{gate}` did not judge: the candidate was its own baseline"),
            again(case, gate),
        ));
    }
    if decision.passed() {
        return None;
    }
    Some(if decision.holds() {
        Refusal::new(
            Ground::Held,
            format!("gate `{gate}` holds{}", named(decision.inconclusive())),
            "a person decides: give the evidence that is missing, or answer for it with `--force --reason TEXT`",
        )
    } else {
        Refusal::new(
            Ground::Blocked,
            format!("gate `{gate}` blocked it{}", named(decision.failed())),
            "train a better model, or add a waiver with a reason, an approver and an end",
        )
    })
}

/// What was expected on the command line.
#[must_use]
pub fn expected(
    expected: &[(String, Option<u64>)],
    aliases: &std::collections::BTreeMap<String, u64>,
) -> Vec<Refusal> {
    let expected = expected.iter();
    expected
        .filter(|(alias, version)| aliases.get(alias).copied() != *version)
        .map(|(alias, version)| {
            Refusal::new(
                Ground::Unexpected,
                format!(
                    "`{alias}` is {}, and was expected to be {}",
                    points_to(aliases.get(alias).copied()),
                    points_to(*version)
                ),
                "look at what went live meanwhile: `gatewright history`",
            )
        })
        .collect()
}

/// A version whose registration is not complete cannot be served.
#[must_use]
pub fn ready(version: &ModelVersion) -> Option<Refusal> {
    let status = version.unready()?;
    Some(Refusal::new(
        Ground::NotReady,
        format!(
            "the registration of version {} is not complete: {status}",
            version.number
        ),
        "wait until MLflow says READY, or register the model again",
    ))
}

/// The approval task of a Databricks deployment job writes `Approved` into a tag of the version.
fn approved(case: &Case<'_>) -> Option<Refusal> {
    let environment = case.spec.environment(case.environment?)?;
    let tag = environment.approval.as_ref()?.tag.as_ref()?;
    let version = &case.now.candidate;
    let value = version.tags.get(tag);
    if value.is_some_and(|value| is_approved(value)) {
        return None;
    }
    let found = match value {
        Some(value) => format!("says `{value}`"),
        None => "is not set".to_owned(),
    };
    Some(Refusal::new(
        Ground::NotApproved,
        format!(
            "nobody approved version {}: its tag `{tag}` {found}",
            version.number
        ),
        format!("approve it in the deployment job, which sets `{tag}` to `Approved`"),
    ))
}

/// Whether the value of an approval tag is a yes.
#[must_use]
pub fn is_approved(value: &str) -> bool {
    value.eq_ignore_ascii_case("approved")
}

fn attested(case: &Case<'_>) -> Option<Refusal> {
    let Attestation::Missing { why, help } = case.attestation else {
        return None;
    };
    Some(Refusal::new(
        Ground::NotAttested,
        format!("the decision is not attested: {why}"),
        format!("{help}; or answer for it with `--force --reason TEXT`"),
    ))
}

/// What of a record can be made shorter, the longest part first.
fn shorten(record: &Record) -> String {
    let ids = record.waived.iter().map(String::len).sum::<usize>();
    let mut parts = [
        (
            record.reason.as_ref().map_or(0, String::len),
            "give a shorter `--reason`",
        ),
        (
            ids,
            "give the checks that are waived shorter ids (`id:` in the spec), or let fewer waivers stand",
        ),
        (
            record.source.len(),
            "keep the model's files at a shorter path",
        ),
        (record.spec.path.len(), "keep the spec at a shorter path"),
    ];
    parts.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    let worth = parts.iter().filter(|(length, _)| *length >= 200);
    let parts: Vec<_> = worth.map(|(_, advice)| *advice).collect();
    if parts.is_empty() {
        "let fewer gates and approvals go on one record: promote with the gates of one environment (`--env`)".to_owned()
    } else {
        parts.join("; or ")
    }
}

/// An entry has to fit into a tag of every MLflow, with its place in the ledger and the places of
/// its decisions, which are not known yet.
#[must_use]
pub fn too_long(record: &Record) -> Option<Refusal> {
    const PLACE: usize = 120;
    const LOGGED: usize = 160;
    let length = record.text().len() + PLACE + LOGGED * record.decisions.len();
    (length > LONGEST_ENTRY).then(|| {
        Refusal::new(
            Ground::TooLong,
            format!("the record would have {length} bytes, and a tag holds {LONGEST_ENTRY}"),
            shorten(record),
        )
    })
}
