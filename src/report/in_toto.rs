//! in-toto: the decision as an attestation's statement about the model.
//!
//! Predicate: <https://in-toto.io/attestation/test-result/v0.1>, with the fields that
//! <https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md> names.
//! The one decision here: only a check that holds is a passed test; a skipped one is in no list, so
//! that a policy that asks for it is not satisfied.
//!
//! Where the gate read the files of the model, the subjects are the model as a whole and each of its
//! files, and the predicate names the decision in a field of its own. Such a field is named by a URI
//! (<https://github.com/in-toto/attestation/blob/main/spec/v1/README.md>, "Extension fields").

use serde_json::{Map, Value, json};

use super::{disarmed, printable};
use crate::attestation::{DECISION_FIELD, PREDICATE_TYPE, STATEMENT_TYPE};
use crate::decision::{CheckRecord, Decision, FileRecord, canonical};
use crate::gate::{Outcome, Remark};

/// The whole statement, to be signed as it is. Its subject is [`Decision::subject`], and then every
/// file of the model where the decision has them.
pub(super) fn statement(decision: &Decision) -> String {
    let subjects = all_subjects(decision).into_iter();
    let subjects =
        subjects.map(|(name, digest)| json!({"name": name, "digest": {"sha256": digest}}));
    canonical(&json!({
        "_type": STATEMENT_TYPE,
        "subject": subjects.collect::<Vec<_>>(),
        "predicateType": PREDICATE_TYPE,
        "predicate": content(decision),
    }))
}

/// The predicate alone, for signers that bring the subject themselves (`actions/attest`).
pub(super) fn predicate(decision: &Decision) -> String {
    canonical(&content(decision))
}

/// The subjects as `sha256sum` would print them: the model as a whole, then its files.
pub(super) fn subjects(decision: &Decision) -> String {
    let mut lines = String::new();
    for (name, digest) in all_subjects(decision) {
        // Names of files are plain; that of a model is whatever a spec says.
        let name = disarmed(&printable(&name));
        lines.extend([&digest, "  ", &name, "\n"]);
    }
    lines
}

/// Names and digests in hexadecimal digits.
fn all_subjects(decision: &Decision) -> Vec<(String, String)> {
    let files = decision.candidate.files.iter();
    let files = files.flat_map(|record| record.files.files());
    let files = files.map(|file| (file.path.clone(), file.sha256.clone()));
    std::iter::once(decision.subject()).chain(files).collect()
}

/// What a promotion holds against the decision it was given. Its digest binds all the rest.
fn named(decision: &Decision) -> Option<Value> {
    let files = decision.candidate.files.as_ref()?;
    Some(json!({
        "model": decision.model,
        "version": decision.candidate.version,
        "gate": decision.gate,
        "environment": decision.environment,
        "verdict": decision.verdict,
        "spec": decision.spec.digest,
        "decision": decision.digest(),
        "files": files.digest,
    }))
}

fn content(decision: &Decision) -> Value {
    let tests = |wanted: &dyn Fn(&CheckRecord) -> bool| -> Vec<&str> {
        let checks = decision.checks.iter();
        checks
            .filter(|check| wanted(check))
            .map(|check| check.id.as_str())
            .collect()
    };
    let mut content = Map::new();
    let mut add = |name: &str, value: Value| content.insert(name.to_owned(), value);
    add("result", result(decision).into());
    add("configuration", configuration(decision).into());
    if let Some(url) = &decision.run_url {
        add("url", url.as_str().into());
    }
    let passed = |check: &CheckRecord| check.finding.outcome == Outcome::Pass;
    add("passedTests", tests(&passed).into());
    add(
        "warnedTests",
        tests(&|check| is_warning(decision, check)).into(),
    );
    add(
        "failedTests",
        tests(&|check| is_failure(decision, check)).into(),
    );
    if let Some(named) = named(decision) {
        add(DECISION_FIELD, named);
    }
    Value::Object(content)
}

/// Nothing in its way is `PASSED`; let through with a warning, or without a look, is `WARNED`.
fn result(decision: &Decision) -> &'static str {
    let live = decision.remark.as_deref() == Some(Remark::AlreadyLive.code());
    let warned = live
        || decision
            .checks
            .iter()
            .any(|check| is_warning(decision, check));
    match (decision.passed(), warned) {
        (true, false) => "PASSED",
        (true, true) => "WARNED",
        (false, _) => "FAILED",
    }
}

fn is_warning(decision: &Decision, check: &CheckRecord) -> bool {
    match check.finding.outcome {
        Outcome::Warn | Outcome::Waived => true,
        Outcome::Inconclusive => decision.passed(),
        Outcome::Fail | Outcome::Skipped | Outcome::Pass => false,
    }
}

fn is_failure(decision: &Decision, check: &CheckRecord) -> bool {
    match check.finding.outcome {
        Outcome::Fail => true,
        Outcome::Inconclusive => !decision.passed(),
        _ => false,
    }
}

/// What the verdict follows from: the spec, the waivers and the evidence, each with its digest.
fn configuration(decision: &Decision) -> Vec<Value> {
    let file = |file: &FileRecord| descriptor(&file.path, &file.digest);
    let mut all = vec![file(&decision.spec)];
    all.extend(decision.waivers.iter().map(file));
    all.push(descriptor("evidence", &decision.evidence));
    all
}

fn descriptor(name: &str, digest: &str) -> Value {
    json!({"name": name, "digest": {"sha256": digest.trim_start_matches("sha256:")}})
}
