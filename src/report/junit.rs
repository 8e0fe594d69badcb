//! JUnit XML: a test suite for each gate, a test case for each check.
//!
//! Valid under the strict schema that Azure DevOps names
//! (<https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2>,
//! <https://github.com/windyroad/JUnit-Schema>): `package`, `id`, `hostname`, a timestamp without
//! zone, `properties`, `system-out` and `system-err`; a test case holds at most one of `skipped`,
//! `error` and `failure`, and no output of its own.
//!
//! The one decision here: a check is one test case, however many slices it looks at, so that counts
//! of tests and the verdict agree. Slices are in the text of the failure; what passed with a remark
//! (warned, waived, noted) is a line of the suite's `system-out`.

use std::fmt::Write;

use super::escape::xml;
use super::row::{notes, remark};
use crate::decision::{CheckRecord, Decision, PartRecord, VersionRecord};
use crate::gate::Outcome;

/// A gate that could not judge, as a test suite of its own.
pub(super) struct Broken<'a> {
    /// The spec's path.
    pub(super) spec: &'a str,
    /// The gate's name, where it came to that.
    pub(super) gate: &'a str,
    /// Why.
    pub(super) message: &'a str,
    /// When it was tried (RFC 3339).
    pub(super) at: &'a str,
}

pub(super) fn report(decisions: &[&Decision], broken: &[Broken<'_>]) -> String {
    let mut page = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned();
    for (id, decision) in decisions.iter().enumerate() {
        page.push_str(&suite(id, decision));
    }
    for (index, broken) in broken.iter().enumerate() {
        page.push_str(&broken_suite(decisions.len() + index, broken));
    }
    page.push_str("</testsuites>\n");
    page
}

/// What a suite's first line says.
struct Head<'a> {
    name: String,
    id: usize,
    at: &'a str,
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Head<'_> {
    fn line(&self) -> String {
        format!(
            "  <testsuite name=\"{}\" package=\"gatewright\" id=\"{}\" hostname=\"localhost\" timestamp=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\">\n",
            xml(&self.name),
            self.id,
            xml(self.at.split(['.', 'Z']).next().unwrap_or_default()),
            self.tests,
            self.failures,
            self.errors,
            self.skipped,
        )
    }
}

fn suite(id: usize, decision: &Decision) -> String {
    let vacuous = decision.remark_meaning().filter(|_| !decision.passed());
    let head = Head {
        name: format!("gate {}", decision.gate),
        id,
        at: &decision.judged_at,
        tests: decision.checks.len() + usize::from(vacuous.is_some()),
        failures: decision.summary.fail + usize::from(vacuous.is_some()),
        errors: decision.summary.inconclusive,
        skipped: decision.summary.skipped,
    };
    let mut suite = head.line();
    suite.push_str(&properties(decision));
    for check in &decision.checks {
        suite.push_str(&case(decision, check));
    }
    if let Some(meaning) = vacuous {
        let result = element("failure", "vacuous", meaning, "");
        let name = format!("gate {}", decision.gate);
        suite.push_str(&test_case(&name, &decision.spec.path, &result));
    }
    suite.push_str(&closing(&output(decision)));
    suite
}

fn broken_suite(id: usize, broken: &Broken<'_>) -> String {
    let head = Head {
        name: format!("gate {}", broken.gate).trim_end().to_owned(),
        id,
        at: broken.at,
        tests: 1,
        failures: 0,
        errors: 1,
        skipped: 0,
    };
    let result = element("error", "not-judged", broken.message, "");
    format!(
        "{}    <properties>\n    </properties>\n{}{}",
        head.line(),
        test_case("evidence", broken.spec, &result),
        closing("")
    )
}

fn properties(decision: &Decision) -> String {
    let version = |record: &VersionRecord| {
        record
            .version
            .map_or_else(String::new, |version| version.to_string())
    };
    let champion = decision.champion.as_ref().map(version);
    let candidate = version(&decision.candidate);
    let waived = Some(decision.summary.waived)
        .filter(|count| *count > 0)
        .map(|count| count.to_string());
    let all = [
        ("verdict", Some(decision.verdict.as_str())),
        ("waived", waived.as_deref()),
        ("model", Some(decision.model.as_str())),
        ("candidate", Some(candidate.as_str())),
        ("champion", champion.as_deref()),
        ("environment", decision.environment.as_deref()),
        ("spec-digest", Some(decision.spec.digest.as_str())),
        ("evidence-digest", Some(decision.evidence.as_str())),
        ("commit", decision.commit.as_deref()),
        ("run-url", decision.run_url.as_deref()),
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
    let (kind, message) = (check.reason.as_str(), check.message.as_str());
    let result = match check.finding.outcome {
        Outcome::Pass | Outcome::Warn | Outcome::Waived => String::new(),
        Outcome::Fail => element("failure", kind, message, &details(check)),
        Outcome::Inconclusive => element("error", kind, message, &details(check)),
        Outcome::Skipped => format!("<skipped message=\"{}\"/>", xml(message)),
    };
    test_case(&check.check, &decision.spec.path, &result)
}

fn test_case(name: &str, classname: &str, result: &str) -> String {
    let (name, classname) = (xml(name), xml(classname));
    let open = format!("    <testcase name=\"{name}\" classname=\"{classname}\" time=\"0\"");
    if result.is_empty() {
        format!("{open}/>\n")
    } else {
        format!("{open}>{result}</testcase>\n")
    }
}

fn element(name: &str, kind: &str, message: &str, text: &str) -> String {
    let (kind, message) = (xml(kind), xml(message));
    let open = format!("<{name} type=\"{kind}\" message=\"{message}\"");
    if text.is_empty() {
        format!("{open}/>")
    } else {
        format!("{open}>{}</{name}>", xml(text))
    }
}

/// Every slice, a line each.
fn details(check: &CheckRecord) -> String {
    let line = |part: &PartRecord| format!("{}: {}: {}\n", part.name, part.reason, part.message);
    check.parts.iter().map(line).collect()
}

/// What passed with a remark.
fn output(decision: &Decision) -> String {
    let mut lines = String::new();
    for check in &decision.checks {
        let word = match check.finding.outcome {
            Outcome::Warn => "warning",
            Outcome::Waived => "waived",
            _ => continue,
        };
        let _ = writeln!(lines, "{word}: {}: {}", check.check, remark(check));
    }
    for note in notes(decision) {
        let _ = writeln!(lines, "note: {note}");
    }
    lines
}

fn closing(output: &str) -> String {
    let output = if output.is_empty() {
        "    <system-out/>".to_owned()
    } else {
        format!("    <system-out>{}</system-out>", xml(output))
    };
    format!("{output}\n    <system-err/>\n  </testsuite>\n")
}
