//! Values, conditions and names as Azure writes them.

use crate::plan::{Tag, Value, When};

/// The one job of a stage that delivers. Its outputs are found under this name.
pub(super) const DELIVERY: &str = "main";

/// A name in which Azure allows letters, digits and `_` only.
pub(super) fn name(id: &str) -> String {
    id.replace('-', "_")
}

/// What stands in `env:` or `variables:` for a value.
///
/// The output of a `runOnce` deployment job is found in a later stage under the job's name, twice:
/// <https://learn.microsoft.com/azure/devops/pipelines/process/deployment-jobs#support-for-output-variables>.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.clone(),
        Value::Secret(name) | Value::Variable(name) => format!("$({name})"),
        Value::JobOutput {
            job,
            step,
            name: output,
        } => {
            let (stage, step) = (name(job), name(step));
            format!(
                "$[ stageDependencies.{stage}.{DELIVERY}.outputs['{DELIVERY}.{step}.{output}'] ]"
            )
        }
        Value::Joined(parts) => parts.iter().map(self::value).collect(),
    }
}

/// What stands in `condition:` of a stage.
pub(super) fn condition(when: &When) -> Option<String> {
    let source = "variables['Build.SourceBranch']";
    let test = match when {
        When::Triggered | When::Always => return None,
        When::Branch(branch) => {
            format!("eq({source}, {})", string(&format!("refs/heads/{branch}")))
        }
        When::Tag(Tag::Exact(tag)) => {
            format!("eq({source}, {})", string(&format!("refs/tags/{tag}")))
        }
        When::Tag(Tag::Prefix(prefix)) => {
            format!(
                "startsWith({source}, {})",
                string(&format!("refs/tags/{prefix}"))
            )
        }
        When::Tag(Tag::Any) => format!("startsWith({source}, 'refs/tags/')"),
    };
    Some(format!("and(succeeded(), {test})"))
}

/// A string in an expression. A quote is doubled; nothing else has a meaning in it.
fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_of_a_deployment_job_is_addressed_through_stage_and_job() {
        let output = Value::JobOutput {
            job: "prod-eu".to_owned(),
            step: "gate-promote".to_owned(),
            name: "candidate_version".to_owned(),
        };
        assert_eq!(
            value(&output),
            "$[ stageDependencies.prod_eu.main.outputs['main.gate_promote.candidate_version'] ]"
        );
    }

    #[test]
    fn a_tag_pattern_is_compared_by_its_beginning() {
        let when = When::Tag(Tag::Prefix("v".to_owned()));
        assert_eq!(
            condition(&when).unwrap(),
            "and(succeeded(), startsWith(variables['Build.SourceBranch'], 'refs/tags/v'))"
        );
    }
}
