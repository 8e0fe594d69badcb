//! One check in full: what was read, what was computed from it, and what followed.

use super::escape::printable;
use crate::decision::{CheckRecord, Decision, PartRecord, ValueRecord};
use crate::gate::Outcome;

/// Everything that led to the outcome of one check, in the order it was decided.
#[must_use]
pub fn explain(decision: &Decision, check: &CheckRecord) -> String {
    let mut lines = vec![
        // No line begins with a name: CI systems obey what begins with `::`.
        format!("Check {}: {}", check.id, check.outcome),
        String::new(),
        format!("  check      {}", check.check),
        format!("  level      {}{}", check.level, critical(check)),
        format!("  reason     {}: {}", check.reason, check.message),
        format!("  meaning    {}", check.finding.opinion.reason.meaning()),
        format!(
            "  place      {}:{}:{}",
            decision.spec.path, check.place.line, check.place.column
        ),
    ];
    numbers(check, &mut lines);
    section("derivation", &check.derivation, &mut lines);
    let parts: Vec<_> = check.parts.iter().map(part).collect();
    section("slices", &parts, &mut lines);
    section("notes", &check.notes, &mut lines);
    lines.extend(waiver(check));
    lines.extend(consequence(decision, check));
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    lines.join("\n") + "\n"
}

fn critical(check: &CheckRecord) -> &'static str {
    if check.critical {
        ", critical: no waiver can excuse it"
    } else {
        ""
    }
}

/// The arithmetic, with all digits.
fn numbers(check: &CheckRecord, lines: &mut Vec<String>) {
    for (name, value) in [
        ("candidate", &check.candidate),
        ("baseline", &check.baseline),
    ] {
        if let Some(value) = value {
            lines.push(format!("  {name:<10} {}", read(value)));
        }
    }
    for (name, number) in [("limit", &check.threshold), ("change", &check.delta)] {
        if let Some(number) = number {
            lines.push(format!("  {name:<10} {number}"));
        }
    }
}

/// A value and where it was read.
fn read(value: &ValueRecord) -> String {
    let mut text = format!("{}, read from {}", value.value, value.place);
    if let Some(dataset) = &value.dataset {
        text = format!("{text}, data set {} ({})", dataset.name, dataset.digest);
    }
    if let Some(step) = value.step {
        text = format!("{text}, step {step}");
    }
    if let Some(n) = value.n {
        text = format!("{text}, n {n}");
    }
    text
}

fn part(part: &PartRecord) -> String {
    let n = part.n.map_or_else(String::new, |n| format!(" (n {n})"));
    let value = |value: &Option<ValueRecord>| {
        value
            .as_ref()
            .map_or_else(String::new, |value| format!(" {}", value.value))
    };
    let against = match value(&part.baseline) {
        baseline if baseline.is_empty() => baseline,
        baseline => format!(" against{baseline}"),
    };
    format!(
        "{}{n}:{}{against} {}: {}",
        part.name,
        value(&part.candidate),
        part.reason,
        part.message
    )
}

fn section(title: &str, entries: &[String], lines: &mut Vec<String>) {
    if !entries.is_empty() {
        lines.push(String::new());
        lines.push(format!("  {title}:"));
        lines.extend(entries.iter().map(|entry| format!("    - {entry}")));
    }
}

fn waiver(check: &CheckRecord) -> Vec<String> {
    let Some(waiver) = &check.waiver else {
        return Vec::new();
    };
    let counts = if check.finding.outcome == Outcome::Waived {
        "it counts"
    } else {
        "it does not excuse this"
    };
    let cap = waiver
        .cap
        .as_ref()
        .map_or_else(String::new, |cap| format!(", as long as {cap} is kept"));
    vec![
        String::new(),
        format!(
            "  waiver: until {} by {}{cap}: {}; {counts}",
            waiver.expires, waiver.approver, waiver.reason
        ),
    ]
}

/// From the outcome to the verdict.
fn consequence(decision: &Decision, check: &CheckRecord) -> Vec<String> {
    let weight = match (check.finding.outcome, check.level.as_str()) {
        (Outcome::Fail, _) => "it blocks".to_owned(),
        (Outcome::Inconclusive, "error") => {
            format!("`on_inconclusive: {}`", decision.settings.on_inconclusive)
        }
        (Outcome::Skipped, _) => format!("`if_absent: {}`", decision.settings.if_absent),
        (Outcome::Waived, _) => "a person answers for it".to_owned(),
        (Outcome::Pass, _) => "nothing in its way".to_owned(),
        (Outcome::Warn | Outcome::Inconclusive, _) => "it changes nothing".to_owned(),
    };
    vec![
        String::new(),
        format!(
            "  {} at level {}: {weight}; gate {}: {}",
            check.outcome, check.level, decision.gate, decision.verdict
        ),
    ]
}
