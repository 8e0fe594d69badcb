//! Evidently: the JSON of a test suite (up to 0.6) and of a report with tests (from 0.7 on).
//!
//! The one decision here: a warning of Evidently, which is a test that is not critical and did not
//! pass, is counted as a warning. Evidently's own summary counts it as a success.

use serde_json::Value;

use super::ImportError;
use super::error::foreign;
use super::pointer::parsed;
use super::summary::{Imported, Outcome};

const TOOL: &str = "Evidently";

/// Reads `suite.json()` or `snapshot.json()`: `tests[].status` is `SUCCESS`, `FAIL`, `WARNING`,
/// `ERROR` or `SKIPPED` (`TestStatus` in Evidently). Where there is a `summary`, it has to agree.
///
/// # Errors
/// [`ImportError`] for everything that does not hold at least one test.
pub fn evidently(bytes: &[u8]) -> Result<Imported, ImportError> {
    let document = parsed(bytes)?;
    let Some(Value::Array(tests)) = document.get("tests") else {
        return Err(foreign(TOOL, "it has no list `tests`"));
    };
    let is_suite = document.get("summary").is_some() && document.get("version").is_some();
    let is_report = document.get("metrics").is_some_and(Value::is_array);
    if !is_suite && !is_report {
        return Err(foreign(
            TOOL,
            "it is neither a test suite nor a report with tests",
        ));
    }
    let mut found = Imported::default();
    for test in tests {
        let text = |key: &str| test.get(key).and_then(Value::as_str);
        let status = text("status").unwrap_or_default();
        let outcome = match status {
            "SUCCESS" => Outcome::Passed,
            "FAIL" => Outcome::Failed,
            "WARNING" => Outcome::Warned,
            "ERROR" => Outcome::Errored,
            "SKIPPED" => Outcome::Skipped,
            _ => {
                return Err(foreign(
                    TOOL,
                    format!("a test has the status {status:.40?}"),
                ));
            }
        };
        found.add(outcome, text("name").unwrap_or("a test without a name"));
    }
    if let Some(summary) = document.get("summary") {
        check(summary, &found)?;
    }
    if found.total == 0 {
        return Err(ImportError::Empty { tool: TOOL });
    }
    Ok(found)
}

/// The summary of a test suite. `success_tests` there includes the warnings.
fn check(summary: &Value, found: &Imported) -> Result<(), ImportError> {
    let contradiction = |reason: String| Err(ImportError::Contradiction { reason });
    let total = summary.get("total_tests").and_then(Value::as_u64);
    if total != Some(found.total) {
        let counted = found.total;
        return contradiction(format!(
            "`summary.total_tests` is not {counted}, the number of tests"
        ));
    }
    let by_status = [
        ("SUCCESS", found.passed),
        ("FAIL", found.failed),
        ("WARNING", found.warned),
        ("ERROR", found.errored),
        ("SKIPPED", found.skipped),
    ];
    let claims = summary.get("by_status");
    for (status, counted) in by_status {
        let claimed = claims.and_then(|claims| claims.get(status));
        let claimed = claimed.map_or(Some(0), Value::as_u64);
        if claims.is_some() && claimed != Some(counted) {
            return contradiction(format!(
                "{counted} tests have the status {status}, and the summary says otherwise"
            ));
        }
    }
    let all_passed = summary.get("all_passed").and_then(Value::as_bool);
    if all_passed == Some(true) && !found.is_clean() {
        return contradiction("`summary.all_passed` is true, and tests have failed".to_owned());
    }
    Ok(())
}
