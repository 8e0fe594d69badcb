//! JUnit XML: a test suite for the gate, a test case for each check.
//!
//! The attributes and elements are those of the strict schema that Azure DevOps documents
//! (<https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2>):
//! `package`, `id`, `hostname`, a timestamp without zone, `properties`, `system-out`, `system-err`.

use std::fmt::Write;

use super::escape::xml;
use crate::decision::{CheckRecord, Decision};
use crate::gate::Outcome;

pub(super) fn report(decision: &Decision) -> String {
    let vacuous = decision.remark_meaning().filter(|_| !decision.passed());
    let failures = decision.summary.fail + usize::from(vacuous.is_some());
    let skipped = decision.summary.skipped;
    let tests = decision.checks.len() + usize::from(vacuous.is_some());
    let timestamp = decision
        .judged_at
        .split(['.', 'Z'])
        .next()
        .unwrap_or_default();
    let mut suite = String::new();
    let _ = writeln!(suite, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let _ = writeln!(suite, "<testsuites>");
    let _ = writeln!(
        suite,
        "  <testsuite name=\"{}\" package=\"gatewright\" id=\"0\" hostname=\"localhost\" timestamp=\"{timestamp}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\" skipped=\"{skipped}\" time=\"0\">",
        xml(&format!("gate {}", decision.gate)),
        decision.summary.inconclusive,
    );
    suite.push_str(&properties(decision));
    for check in &decision.checks {
        suite.push_str(&case(decision, check));
    }
    if let Some(meaning) = vacuous {
        let _ = writeln!(
            suite,
            "    <testcase name=\"gate {}\" classname=\"{}\" time=\"0\"><failure type=\"vacuous\" message=\"{}\"/></testcase>",
            xml(&decision.gate),
            xml(&decision.spec.path),
            xml(meaning),
        );
    }
    let _ = writeln!(suite, "    <system-out/>");
    let _ = writeln!(suite, "    <system-err/>");
    let _ = writeln!(suite, "  </testsuite>");
    let _ = writeln!(suite, "</testsuites>");
    suite
}

fn properties(decision: &Decision) -> String {
    let champion = decision.champion.as_ref().map(|champion| {
        champion
            .version
            .map_or_else(String::new, |version| version.to_string())
    });
    let candidate = decision
        .candidate
        .version
        .map_or_else(String::new, |version| version.to_string());
    let all = [
        ("verdict", Some(decision.verdict.as_str())),
        ("model", Some(decision.model.as_str())),
        ("candidate", Some(candidate.as_str())),
        ("champion", champion.as_deref()),
        ("environment", decision.environment.as_deref()),
        ("spec-digest", Some(decision.spec.digest.as_str())),
        ("commit", decision.commit.as_deref()),
    ];
    let mut lines = String::from("    <properties>\n");
    for (name, value) in all {
        if let Some(value) = value {
            let _ = writeln!(
                lines,
                "      <property name=\"{name}\" value=\"{}\"/>",
                xml(value)
            );
        }
    }
    lines.push_str("    </properties>\n");
    lines
}

fn case(decision: &Decision, check: &CheckRecord) -> String {
    let message = xml(&check.message);
    let kind = xml(&check.reason);
    let result = match check.finding.outcome {
        Outcome::Pass => return open(decision, check, "/>"),
        Outcome::Fail => format!("<failure type=\"{kind}\" message=\"{message}\"/>"),
        Outcome::Inconclusive => format!("<error type=\"{kind}\" message=\"{message}\"/>"),
        Outcome::Skipped => format!("<skipped message=\"{message}\"/>"),
        Outcome::Warn => format!("<system-out>warning: {message}</system-out>"),
        Outcome::Waived => format!("<system-out>waived: {message}</system-out>"),
    };
    open(decision, check, &format!(">{result}</testcase>"))
}

fn open(decision: &Decision, check: &CheckRecord, rest: &str) -> String {
    format!(
        "    <testcase name=\"{}\" classname=\"{}\" time=\"0\"{rest}\n",
        xml(&check.check),
        xml(&decision.spec.path)
    )
}
