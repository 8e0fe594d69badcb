//! SARIF 2.1.0, as GitHub code scanning ingests it: every rule with id, short and full description
//! and help; every result with a relative URI and a region.
//!
//! <https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning>
//!
//! The one decision here: a result is something to act on. What holds, and what had nothing to
//! compare with, is none; what is waived is one that is suppressed.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::row::remark;
use crate::decision::{CheckRecord, Decision, canonical, sha256};
use crate::gate::{Outcome, Reason, Remark};

/// The name that tells alerts of the gate from those of other tools.
const FINGERPRINT: &str = "gatewrightCheck/v1";

/// The log of several gates' decisions.
pub(super) fn report(decisions: &[&Decision]) -> String {
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    for decision in decisions {
        for check in decision.checks.iter().filter(|check| is_result(check)) {
            let reason = check.finding.opinion.reason;
            rules.insert(reason.code(), reason_rule(reason));
        }
        if let Some(meaning) = vacuous(decision) {
            let code = Remark::Vacuous.code();
            rules.insert(code, rule(code, meaning, meaning));
        }
    }
    let codes: Vec<&str> = rules.keys().copied().collect();
    let index = |code: &str| codes.iter().position(|other| *other == code);
    let mut results = Vec::new();
    for decision in decisions {
        let checks = decision.checks.iter().filter(|check| is_result(check));
        results.extend(checks.map(|check| result(decision, check, index(&check.reason))));
        results.extend(vacuous(decision).map(|meaning| {
            let code = Remark::Vacuous.code();
            empty_gate(decision, meaning, index(code))
        }));
    }
    let rules: Vec<_> = rules.into_values().collect();
    canonical(&log(&rules, &results))
}

/// A log of one run.
pub(super) fn log(rules: &[Value], results: &[Value]) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "gatewright",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }]
    })
}

/// A relative reference (RFC 3986): what is not plain is percent-encoded.
pub(super) fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

/// A rule: a code and what it means.
pub(super) fn rule(code: &str, short: &str, meaning: &str) -> Value {
    json!({
        "id": code,
        "shortDescription": {"text": short},
        "fullDescription": {"text": meaning},
        "help": {"text": format!("{meaning} See `gatewright explain {code}`.")},
    })
}

fn reason_rule(reason: Reason) -> Value {
    let meaning = reason.meaning();
    let short = meaning.split_inclusive(". ").next().unwrap_or(meaning);
    rule(reason.code(), short.trim_end(), meaning)
}

fn is_result(check: &CheckRecord) -> bool {
    !matches!(check.finding.outcome, Outcome::Pass | Outcome::Skipped)
}

fn vacuous(decision: &Decision) -> Option<&'static str> {
    decision.remark_meaning().filter(|_| !decision.passed())
}

fn result(decision: &Decision, check: &CheckRecord, rule_index: Option<usize>) -> Value {
    let (line, column) = (check.place.line, check.place.column);
    let message = format!(
        "Gate {} on {} {}: {}: {}",
        decision.gate,
        decision.model,
        decision.candidate.name(),
        check.check,
        remark(check)
    );
    let level = match (check.finding.outcome, check.level.as_str()) {
        (Outcome::Fail | Outcome::Inconclusive, _) | (Outcome::Waived, "error") => "error",
        (_, "info") => "note",
        _ => "warning",
    };
    let mut result = located(decision, &message, (line, column), &check.id);
    if let Some(object) = result.as_object_mut() {
        object.insert("ruleId".to_owned(), json!(check.reason));
        object.insert("ruleIndex".to_owned(), json!(rule_index));
        object.insert("level".to_owned(), json!(level));
        if check.finding.outcome == Outcome::Waived {
            let suppression = suppression(check);
            object.insert("suppressions".to_owned(), json!([suppression]));
        }
    }
    result
}

fn suppression(check: &CheckRecord) -> Value {
    let justification = check.waiver.as_ref().map_or_else(String::new, |waiver| {
        format!(
            "{} (until {} by {})",
            waiver.reason, waiver.expires, waiver.approver
        )
    });
    json!({"kind": "external", "status": "accepted", "justification": justification})
}

/// A gate that judged nothing is a result of its own, at the spec's first line.
fn empty_gate(decision: &Decision, meaning: &str, rule_index: Option<usize>) -> Value {
    let message = format!("Gate {}: {meaning}", decision.gate);
    let mut result = located(decision, &message, (1, 1), "");
    if let Some(object) = result.as_object_mut() {
        object.insert("ruleId".to_owned(), json!(Remark::Vacuous.code()));
        object.insert("ruleIndex".to_owned(), json!(rule_index));
        object.insert("level".to_owned(), json!("error"));
    }
    result
}

/// A message at a place of the spec. The fingerprint names the check and not its line, so that an
/// alert stays the same when the spec moves around it.
fn located(decision: &Decision, message: &str, place: (usize, usize), check: &str) -> Value {
    let identity = format!("{}\n{}\n{check}", uri(&decision.spec.path), decision.gate);
    json!({
        "message": {"text": message},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(&decision.spec.path)},
            "region": {"startLine": place.0, "startColumn": place.1},
        }}],
        "partialFingerprints": {FINGERPRINT: sha256(identity.as_bytes())},
    })
}
