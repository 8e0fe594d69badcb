//! `promptfoo eval --output results.json`.
//!
//! The one decision here: promptfoo counts errors apart from failures, and its own pass rate may
//! leave them out. Here an error is a test that did not pass.

use serde_json::Value;

use super::ImportError;
use super::error::foreign;
use super::pointer::parsed;
use super::summary::{Imported, Outcome};

const TOOL: &str = "promptfoo";

/// How promptfoo marks a result that is an error (`ResultFailureReason.ERROR` in its
/// `src/types`).
const IS_ERROR: u64 = 2;

/// How it marks a result without a failure.
const NONE: u64 = 0;

/// Reads an `OutputFile` with a summary of version 2 or 3 (`EvaluateSummaryV3` in promptfoo's
/// `src/types/index.ts`): `results.stats` and one entry per test in `results.results`, or the
/// summary alone. The totals have to agree with the entries.
///
/// # Errors
/// [`ImportError`] for everything that is not a whole evaluation of at least one test.
pub fn promptfoo(bytes: &[u8]) -> Result<Imported, ImportError> {
    let document = parsed(bytes)?;
    let summary = match document.get("results") {
        Some(summary @ Value::Object(_)) => summary,
        _ => &document,
    };
    let version = summary.get("version").and_then(Value::as_u64);
    if !matches!(version, Some(2 | 3)) {
        return Err(foreign(TOOL, "it has no `results.version` 2 or 3"));
    }
    let Some(Value::Array(results)) = summary.get("results") else {
        return Err(foreign(TOOL, "it has no list `results.results`"));
    };
    let stats = Stats::read(summary.get("stats").unwrap_or(&Value::Null))?;
    let mut found = Imported::default();
    for (index, result) in results.iter().enumerate() {
        found.add(outcome(result)?, &name(result, index));
    }
    stats.check(&found)?;
    if found.total == 0 {
        return Err(ImportError::Empty { tool: TOOL });
    }
    Ok(found)
}

/// `results.stats`.
struct Stats {
    successes: u64,
    failures: u64,
    /// `None` in the files of versions that counted errors among the failures.
    errors: Option<u64>,
}

impl Stats {
    fn read(stats: &Value) -> Result<Self, ImportError> {
        let count = |key: &str| match stats.get(key) {
            None => Ok(None),
            Some(count) => match count.as_u64() {
                Some(count) => Ok(Some(count)),
                None => Err(foreign(TOOL, format!("`results.stats.{key}` is no count"))),
            },
        };
        let needed = |key: &str| {
            count(key)?.ok_or_else(|| foreign(TOOL, format!("it has no `results.stats.{key}`")))
        };
        Ok(Self {
            successes: needed("successes")?,
            failures: needed("failures")?,
            errors: count("errors")?,
        })
    }

    fn check(&self, found: &Imported) -> Result<(), ImportError> {
        let agrees = match self.errors {
            Some(errors) => (self.failures, errors) == (found.failed, found.errored),
            None => self.failures == found.failed + found.errored,
        };
        if agrees && self.successes == found.passed {
            return Ok(());
        }
        let Self {
            successes,
            failures,
            errors,
        } = self;
        let errors = errors.unwrap_or_default();
        let Imported {
            passed,
            failed,
            errored,
            ..
        } = found;
        Err(ImportError::Contradiction {
            reason: format!(
                "its totals are {successes} passed, {failures} failed, {errors} errors; its results are {passed}, {failed}, {errored}"
            ),
        })
    }
}

/// Passed only where it says so and names no error.
fn outcome(result: &Value) -> Result<Outcome, ImportError> {
    let Some(success) = result.get("success").and_then(Value::as_bool) else {
        return Err(foreign(TOOL, "a result has no `success`"));
    };
    let reason = match result.get("failureReason") {
        None | Some(Value::Null) => NONE,
        Some(reason) => match reason.as_u64() {
            Some(reason) => reason,
            None => return Err(foreign(TOOL, "a `failureReason` is no number")),
        },
    };
    // An assertion that fails leaves its reason in `error` too: only `failureReason` tells.
    match (success, reason) {
        (_, IS_ERROR) => Ok(Outcome::Errored),
        (true, NONE) => Ok(Outcome::Passed),
        _ => Ok(Outcome::Failed),
    }
}

fn name(result: &Value, index: usize) -> String {
    let text = |pointer: &str| result.pointer(pointer).and_then(Value::as_str);
    let described = text("/testCase/description").or_else(|| text("/description"));
    let provider = text("/provider/id").unwrap_or("test");
    match described.filter(|text| !text.is_empty()) {
        Some(description) => description.to_owned(),
        None => format!("{provider} #{}", index + 1),
    }
}
