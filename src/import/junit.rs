//! `JUnit` XML, as test runners write it.
//!
//! The one decision here: the tests are counted from the test cases, and what the suites claim about
//! them has to agree. A report from which cases were lost says so only in its totals. What speaks
//! of a failure in a runner's own words is a failure.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::ImportError;
use super::error::foreign;
use super::summary::{Imported, Outcome};
use super::xml::{Step, walk};

const TOOL: &str = "JUnit";

/// What runners write as the `status` or `result` of a case that passed, in lower case.
/// `GoogleTest`, Catch2 and `CTest` say `run`, `GoogleTest` and Bazel `completed`.
const PASSED: [&str; 8] = [
    "passed",
    "pass",
    "success",
    "successful",
    "succeeded",
    "ok",
    "run",
    "completed",
];

/// The same of a case that was left out.
const LEFT_OUT: [&str; 9] = [
    "notrun",
    "skipped",
    "skip",
    "ignored",
    "disabled",
    "suppressed",
    "pending",
    "todo",
    "untested",
];

/// Reads a report with the root `testsuites` or `testsuite`, nested as may be. A case with an
/// `error` could not be judged, with a `failure` failed, with `skipped` was left out (pytest's
/// `xfail` too). A case failed as well when it has a child named after a failure or an error
/// (`Failure`, `rerunFailure`, `flakyError`), or a `status` or `result` that is no known word for
/// passed or left out; the totals of its suite may count it or not.
///
/// # Errors
/// [`ImportError`] for everything that is not a whole report with at least one test, and when the
/// totals of a suite are not those of its cases.
pub fn junit(bytes: &[u8]) -> Result<Imported, ImportError> {
    let mut report = Report::default();
    walk(bytes, |step| match step {
        Step::Open { name, attributes } => report.open(&name, &attributes),
        Step::Close => report.close(),
    })?;
    if report.found.total == 0 {
        return Err(ImportError::Empty { tool: TOOL });
    }
    Ok(report.found)
}

#[derive(Default)]
struct Report {
    open: Vec<Element>,
    found: Imported,
}

enum Element {
    /// `testsuites` or `testsuite`.
    Suite(Suite),
    /// `testcase`, with its worst outcome so far.
    Case {
        name: String,
        outcome: Outcome,
        /// Something about it speaks of a failure in words of its own.
        doubted: bool,
    },
    /// What is not looked into.
    Other,
}

struct Suite {
    name: String,
    claims: BTreeMap<String, String>,
    /// What is directly in there, and what is in there at any depth.
    direct: Counts,
    whole: Counts,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    total: u64,
    failed: u64,
    errored: u64,
    skipped: u64,
    /// How many of `failed` are so by words that a runner's totals may not count.
    doubted: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.total += other.total;
        self.failed += other.failed;
        self.errored += other.errored;
        self.skipped += other.skipped;
        self.doubted += other.doubted;
    }
}

impl Report {
    fn open(
        &mut self,
        name: &str,
        attributes: &BTreeMap<String, String>,
    ) -> Result<(), ImportError> {
        let element = match (name, self.open.last_mut()) {
            ("testsuites" | "testsuite", None) | ("testsuite", Some(Element::Suite(_))) => {
                Element::Suite(Suite::new(attributes))
            }
            (_, None) => return Err(foreign(TOOL, format!("its root is `{name:.40}`"))),
            ("testcase", Some(Element::Suite(_))) => case(attributes),
            (child, Some(Element::Suite(suite))) if is_bad(child) => Element::Case {
                name: suite.name.clone(),
                outcome: Outcome::Errored,
                doubted: false,
            },
            (
                child,
                Some(Element::Case {
                    outcome, doubted, ..
                }),
            ) => {
                *outcome = worse(*outcome, child);
                *doubted |= is_bad(child);
                Element::Other
            }
            _ => Element::Other,
        };
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) -> Result<(), ImportError> {
        match self.open.pop() {
            Some(Element::Suite(suite)) => {
                suite.check()?;
                if let Some(Element::Suite(parent)) = self.open.last_mut() {
                    parent.whole += suite.whole;
                }
            }
            Some(Element::Case {
                name,
                outcome,
                doubted,
            }) => {
                let known = matches!(outcome, Outcome::Failed | Outcome::Errored);
                let only_doubted = doubted && !known;
                let outcome = if only_doubted {
                    Outcome::Failed
                } else {
                    outcome
                };
                self.found.add(outcome, &name);
                if let Some(Element::Suite(parent)) = self.open.last_mut() {
                    let counts = Counts {
                        doubted: u64::from(only_doubted),
                        ..Counts::of(outcome)
                    };
                    parent.direct += counts;
                    parent.whole += counts;
                }
            }
            Some(Element::Other) | None => {}
        }
        Ok(())
    }
}

impl Counts {
    fn of(outcome: Outcome) -> Self {
        let is = |other: Outcome| u64::from(outcome == other);
        Self {
            total: 1,
            failed: is(Outcome::Failed),
            errored: is(Outcome::Errored),
            skipped: is(Outcome::Skipped),
            doubted: 0,
        }
    }
}

impl Suite {
    fn new(attributes: &BTreeMap<String, String>) -> Self {
        Self {
            name: attributes.get("name").cloned().unwrap_or_default(),
            claims: attributes.clone(),
            direct: Counts::default(),
            whole: Counts::default(),
        }
    }

    /// Runners agree on the names of the totals and not on their meaning: suites below count or do
    /// not, skipped tests are tests or are not, errors are failures or are not. What fits none of
    /// these readings is wrong in all of them.
    fn check(&self) -> Result<(), ImportError> {
        let tests = self.claim("tests")?;
        let (failures, errors) = (self.claim("failures")?, self.claim("errors")?);
        let agrees = [self.whole, self.direct].iter().any(|counted| {
            let bad = counted.failed + counted.errored;
            let tests_agree = tests.is_none_or(|tests| {
                tests == counted.total || tests == counted.total - counted.skipped
            });
            let about = |claim: u64, most: u64| (most - counted.doubted..=most).contains(&claim);
            let bad_agrees = match (failures, errors) {
                (Some(failures), Some(errors)) => failures
                    .checked_add(errors)
                    .is_some_and(|sum| about(sum, bad)),
                (Some(failures), None) => about(failures, bad) || about(failures, counted.failed),
                (None, Some(errors)) => {
                    (counted.errored..=counted.errored + counted.doubted).contains(&errors)
                }
                (None, None) => true,
            };
            tests_agree && bad_agrees
        });
        if agrees {
            return Ok(());
        }
        let Counts {
            total,
            failed,
            errored,
            ..
        } = self.whole;
        let shown = |claim: Option<u64>| claim.map_or("none".to_owned(), |claim| claim.to_string());
        Err(ImportError::Contradiction {
            reason: format!(
                "suite {:.80?} claims tests={}, failures={}, errors={} and holds {total}, {failed}, {errored}",
                self.name,
                shown(tests),
                shown(failures),
                shown(errors)
            ),
        })
    }

    fn claim(&self, name: &str) -> Result<Option<u64>, ImportError> {
        let Some(text) = self.claims.get(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let count = text.trim().parse();
        count
            .map(Some)
            .map_err(|_| foreign(TOOL, format!("`{name}=\"{text:.40}\"` is no count")))
    }
}

fn case(attributes: &BTreeMap<String, String>) -> Element {
    let text = |name: &str| attributes.get(name).map_or("", String::as_str);
    let name = match (text("classname"), text("name")) {
        ("", name) => name.to_owned(),
        (class, name) => format!("{class}.{name}"),
    };
    // GoogleTest leaves a test that was not run without any child.
    let words = ["status", "result"].map(|name| text(name).trim().to_ascii_lowercase());
    let outcome = if words.iter().any(|word| LEFT_OUT.contains(&word.as_str())) {
        Outcome::Skipped
    } else {
        Outcome::Passed
    };
    let known = |word: &String| {
        let word = word.as_str();
        word.is_empty() || PASSED.contains(&word) || LEFT_OUT.contains(&word)
    };
    Element::Case {
        name,
        outcome,
        doubted: !words.iter().all(known),
    }
}

/// Whether an element is named after a failure or an error, in whatever way.
fn is_bad(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("failure") || name.contains("error")
}

/// The outcome of a case once it has this child.
fn worse(outcome: Outcome, child: &str) -> Outcome {
    match (outcome, child) {
        (_, "error") | (Outcome::Errored, _) => Outcome::Errored,
        (_, "failure") | (Outcome::Failed, _) => Outcome::Failed,
        (_, "skipped") => Outcome::Skipped,
        (outcome, _) => outcome,
    }
}
