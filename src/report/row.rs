//! The numbers of a check as a reader wants to see them: one row of a table, and its slices.

use std::collections::BTreeSet;

use super::escape::printable;
use crate::decision::{CheckRecord, Decision};
use crate::evidence::Reference;
use crate::gate::{Finding, Observed, Outcome, Part, Rule, Standing, Threshold, decimal};

/// How many slices of a check are shown.
const PARTS_SHOWN: usize = 10;

/// The most characters of a value.
const WIDEST_VALUE: usize = 36;

/// A row of the table.
pub(super) struct Row {
    pub(super) check: String,
    pub(super) candidate: String,
    pub(super) baseline: String,
    pub(super) delta: String,
    pub(super) limit: String,
}

/// The row of a check.
pub(super) fn row(check: &CheckRecord) -> Row {
    let opinion = &check.finding.opinion;
    let threshold = opinion.threshold.as_ref();
    let unit = match &check.finding.check.rule {
        Rule::Coverage(_) => "%",
        _ => "",
    };
    let show = |observed: &Option<Observed>| {
        observed.as_ref().map_or_else(
            || "-".to_owned(),
            |observed| short(&format!("{}{unit}", observed.value.show(threshold))),
        )
    };
    let candidate = opinion
        .candidate
        .as_ref()
        .and_then(|observed| observed.value.finite());
    let relative = opinion.baseline.is_some();
    let delta = opinion.delta.as_ref().map(|delta| {
        let sign = if delta.sign() == bigdecimal::num_bigint::Sign::Plus {
            "+"
        } else {
            ""
        };
        format!("{sign}{}", decimal::show_beside(delta, None))
    });
    let symbol = match &check.finding.check.rule {
        Rule::Metric(rule) => rule.comparator.symbol(),
        _ => "",
    };
    let limit = threshold.filter(|_| relative).map(|threshold| {
        let threshold = decimal::show_beside(threshold, candidate.as_ref());
        format!("{symbol} {threshold}").trim_start().to_owned()
    });
    Row {
        check: printable(&check.check),
        candidate: show(&opinion.candidate),
        baseline: if relative {
            show(&opinion.baseline)
        } else {
            String::new()
        },
        delta: delta.unwrap_or_default(),
        limit: limit.unwrap_or_default(),
    }
}

/// A value that fits into a column: a list of digests is for the other reports.
fn short(text: &str) -> String {
    let text = printable(text);
    if text.chars().count() <= WIDEST_VALUE {
        return text;
    }
    let cut: String = text.chars().take(WIDEST_VALUE).collect();
    format!("{}…", cut.trim_end())
}

/// The rows of a check's slices, what does not hold first, and a word about those left out.
pub(super) fn parts(check: &CheckRecord) -> (Vec<Row>, Option<String>) {
    let threshold = check.finding.opinion.threshold.as_ref();
    let mut parts: Vec<&Part> = check.finding.opinion.parts.iter().collect();
    parts.sort_by_key(|part| holds(part));
    let (shown, hidden) = parts.split_at(parts.len().min(PARTS_SHOWN));
    let value = |observed: Option<&Observed>| {
        observed.map_or_else(String::new, |observed| {
            short(&observed.value.show(threshold))
        })
    };
    let rows = shown.iter().map(|part| Row {
        check: part_name(part),
        candidate: value(part.candidate.as_ref()),
        baseline: value(part.baseline.as_ref()),
        delta: String::new(),
        limit: String::new(),
    });
    (rows.collect(), left_out(hidden))
}

/// `region=eu (n 120): too-few`; what holds goes without saying.
fn part_name(part: &Part) -> String {
    let n = part.n.map_or_else(String::new, |n| format!(" (n {n})"));
    let reason = if holds(part) {
        String::new()
    } else {
        format!(": {}", part.reason.code())
    };
    format!("{}{n}{reason}", printable(&part.name))
}

pub(super) fn holds(part: &Part) -> bool {
    part.reason.standing() == Standing::Holds
}

fn left_out(hidden: &[&Part]) -> Option<String> {
    let holding = hidden.iter().filter(|part| holds(part)).count();
    match (hidden.len() - holding, holding) {
        (0, 0) => None,
        (0, holding) => Some(format!("and {holding} more pass")),
        (not, 0) => Some(format!("and {not} more do not hold")),
        (not, holding) => Some(format!("and {not} more do not hold, {holding} more pass")),
    }
}

/// What the checks are compared with: one word for the column.
pub(super) fn baseline_title(decision: &Decision) -> String {
    let named: BTreeSet<&Reference> = decision
        .checks
        .iter()
        .filter_map(|check| reference(&check.finding))
        .collect();
    let mut named = named.into_iter();
    match (named.next(), named.next()) {
        (None, _) => Reference::Champion.to_string(),
        (Some(only), None) => printable(&only.to_string()),
        (Some(_), Some(_)) => "baseline".to_owned(),
    }
}

fn reference(finding: &Finding) -> Option<&Reference> {
    match &finding.check.rule {
        Rule::Metric(rule) => match &rule.threshold {
            Threshold::Relative { reference, .. } => Some(reference),
            Threshold::Absolute(_) => None,
        },
        Rule::Signature(rule) => Some(&rule.against),
        Rule::Test(rule) => Some(&rule.against),
        Rule::Dataset(reference) | Rule::Scorers(reference) => Some(reference),
        _ => None,
    }
}

/// What there is to say about a check beside its row: a waived one says who answers for it.
pub(super) fn remark(check: &CheckRecord) -> String {
    match (&check.waiver, check.finding.outcome) {
        (Some(waiver), Outcome::Waived) => format!(
            "{} (waived until {} by {}: {})",
            check.message, waiver.expires, waiver.approver, waiver.reason
        ),
        _ => check.message.clone(),
    }
}

/// ` (2 waived)`, where there are any: nobody should have to look for them.
pub(super) fn waived(decision: &Decision) -> String {
    let counts = [
        (decision.summary.waived, "waived"),
        (decision.summary.skipped, "skipped"),
    ];
    let told: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if told.is_empty() {
        String::new()
    } else {
        format!(" ({})", told.join(", "))
    }
}

/// Every note, with the check it belongs to.
pub(super) fn notes(decision: &Decision) -> Vec<String> {
    let mut all = decision.notes.clone();
    for check in decision.worst_first() {
        for note in &check.notes {
            let note = format!("{}: {note}", check.check);
            if !all.contains(&note) {
                all.push(note);
            }
        }
    }
    all
}
