//! SARIF 2.1.0: what linters and scanners found.
//!
//! The one decision here: a result is as grave as SARIF says it is when nobody says (section
//! 3.27.10): its own level, else that of its rule's configuration, else `warning`.

use serde_json::Value;

use super::ImportError;
use super::error::foreign;
use super::pointer::parsed;
use super::summary::{Imported, Outcome};

const TOOL: &str = "SARIF 2.1.0";

/// Reads a SARIF log. Results of level `error` are failures, of `warning` and `note` warnings; of
/// level `none`, and of the kinds that are not about failing, passes; of kind `open` nobody knows,
/// which is an error; suppressed ones are skipped.
/// A log without results is clean: [`Imported::is_clean`] is the question to ask.
///
/// # Errors
/// [`ImportError`] for everything that is not a whole log; [`ImportError::Unfinished`] when an
/// invocation says that it was not successful, or a run has no results at all (section 3.14.23:
/// the tool did not look).
pub fn sarif(bytes: &[u8]) -> Result<Imported, ImportError> {
    let document = parsed(bytes)?;
    if document.get("version").and_then(Value::as_str) != Some("2.1.0") {
        return Err(foreign(TOOL, "its `version` is not \"2.1.0\""));
    }
    let Some(Value::Array(runs)) = document.get("runs") else {
        return Err(foreign(TOOL, "it has no list `runs`"));
    };
    if runs.is_empty() {
        return Err(ImportError::Empty { tool: TOOL });
    }
    let mut found = Imported::default();
    for run in runs {
        add(run, &mut found)?;
    }
    Ok(found)
}

fn add(run: &Value, found: &mut Imported) -> Result<(), ImportError> {
    let tool = run.pointer("/tool/driver/name").and_then(Value::as_str);
    let tool = tool.ok_or_else(|| foreign(TOOL, "a run does not name its tool"))?;
    for invocation in list(run, "invocations")? {
        match invocation
            .get("executionSuccessful")
            .and_then(Value::as_bool)
        {
            Some(true) => {}
            Some(false) => {
                let reason = format!("{tool:.80} was not executed successfully");
                return Err(ImportError::Unfinished { reason });
            }
            None => return Err(foreign(TOOL, "an invocation has no `executionSuccessful`")),
        }
    }
    if run.get("results").is_none_or(Value::is_null) {
        let reason = format!("{tool:.80} gave no list of results, not even an empty one");
        return Err(ImportError::Unfinished { reason });
    }
    for result in list(run, "results")? {
        let rule = rule(run, result);
        let name = text(result, "/ruleId").or_else(|| rule.and_then(|rule| text(rule, "/id")));
        let message = text(result, "/message/text").unwrap_or_default();
        let name = format!("{}: {message}", name.unwrap_or("a result"));
        found.add(outcome(result, rule)?, &name);
    }
    Ok(())
}

fn outcome(result: &Value, rule: Option<&Value>) -> Result<Outcome, ImportError> {
    if is_suppressed(result)? {
        return Ok(Outcome::Skipped);
    }
    let by_rule = rule.and_then(|rule| text(rule, "/defaultConfiguration/level"));
    let level = text(result, "/level");
    let by_level = match level.or(by_rule).unwrap_or("warning") {
        "error" => Outcome::Failed,
        "warning" | "note" => Outcome::Warned,
        "none" => Outcome::Passed,
        other => {
            return Err(foreign(
                TOOL,
                format!("a result is of the level {other:.40?}"),
            ));
        }
    };
    match text(result, "/kind").unwrap_or("fail") {
        "fail" => Ok(by_level),
        "open" => Ok(Outcome::Errored),
        "review" if by_level == Outcome::Failed => Ok(Outcome::Failed),
        "review" => Ok(Outcome::Warned),
        // Section 3.27.10: their level is `none`.
        "pass" | "notApplicable" | "informational" if matches!(level, None | Some("none")) => {
            Ok(Outcome::Passed)
        }
        other => Err(foreign(
            TOOL,
            format!("a result is of the kind {other:.40?} and has a level"),
        )),
    }
}

/// Suppressed when somebody did so and nobody has refused it (section 3.27.23, 3.35.3).
fn is_suppressed(result: &Value) -> Result<bool, ImportError> {
    let suppressions = list(result, "suppressions")?;
    let status = |it: &Value| text(it, "/status").unwrap_or("accepted") == "accepted";
    Ok(!suppressions.is_empty() && suppressions.iter().all(status))
}

/// The rule of a result: by its index, else by its id; in the driver or in an extension.
fn rule<'r>(run: &'r Value, result: &Value) -> Option<&'r Value> {
    let extension = result
        .pointer("/rule/toolComponent/index")
        .and_then(Value::as_u64);
    let component = match extension {
        Some(index) => run.pointer(&format!("/tool/extensions/{index}"))?,
        None => run.pointer("/tool/driver")?,
    };
    let rules = component.get("rules")?.as_array()?;
    let index = result
        .get("ruleIndex")
        .or_else(|| result.pointer("/rule/index"));
    let by_index = index
        .and_then(Value::as_u64)
        .and_then(|index| usize::try_from(index).ok());
    let id = text(result, "/ruleId").or_else(|| text(result, "/rule/id"));
    let by_id = || {
        rules
            .iter()
            .find(|rule| id.is_some() && text(rule, "/id") == id)
    };
    by_index.and_then(|index| rules.get(index)).or_else(by_id)
}

fn list<'v>(value: &'v Value, key: &str) -> Result<&'v [Value], ImportError> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(foreign(TOOL, format!("`{key}` is not a list"))),
    }
}

fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}
