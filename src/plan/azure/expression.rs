//! Values, conditions and names as Azure writes them.

use crate::plan::{CHANGED, Push, Tag, Value, When};

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
        // What a person typed is no macro: Azure would put a secret in its place.
        Value::Input(name) => format!("${{{{ replace(parameters.{name}, '$', '') }}}}"),
        Value::WorkloadIdentity => "azure-devops-oidc".to_owned(),
        Value::PullRequest => "$(System.PullRequest.PullRequestId)".to_owned(),
        Value::RunUrl => {
            "$(System.CollectionUri)$(System.TeamProject)/_build/results?buildId=$(Build.BuildId)"
                .to_owned()
        }
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

/// What stands in `condition:` of a stage or a job.
pub(super) fn condition(when: &When) -> Option<String> {
    let test = match when {
        When::Triggered | When::Always => return None,
        When::Touched => {
            let (job, step, output) = CHANGED;
            format!("ne(dependencies.{job}.outputs['{step}.{output}'], 'false')")
        }
        When::Closed => "false".to_owned(),
        When::Reviewable | When::Open => "eq(variables['Build.Reason'], 'PullRequest'), \
                             ne(variables['System.PullRequest.IsFork'], 'True')"
            .to_owned(),
        When::Deployed { push, chosen } => {
            let chosen: Vec<_> = std::iter::once(EVERY)
                .chain(chosen.iter().map(String::as_str))
                .collect();
            format!("{}, {}", pushed(push), is_chosen(&chosen))
        }
        When::Chosen(environment) => is_chosen(&[environment]),
        When::Due { name, .. } => format!(
            "or(ne(variables['Build.Reason'], 'Schedule'), \
             eq(variables['Build.CronSchedule.DisplayName'], {}))",
            string(name)
        ),
        When::Unverified {
            promotion,
            verification,
        } => return Some(unverified(&name(promotion), &name(verification))),
    };
    Some(format!("and(succeeded(), {test})"))
}

/// The answer of a person who wants whatever the branch or tag deploys.
pub(super) const EVERY: &str = "all";

fn is_chosen(environments: &[&str]) -> String {
    let names: Vec<_> = environments.iter().map(|name| string(name)).collect();
    format!(
        "in('${{{{ parameters.environment }}}}', {})",
        names.join(", ")
    )
}

/// After a cancellation too: what is live and was not verified goes back.
fn unverified(promotion: &str, verification: &str) -> String {
    let well = "'Succeeded', 'SucceededWithIssues'";
    format!(
        "and(in(dependencies.{promotion}.result, {well}), \
         notIn(dependencies.{verification}.result, {well}))"
    )
}

fn pushed(push: &Push) -> String {
    let source = "variables['Build.SourceBranch']";
    match push {
        Push::Branch(branch) => {
            format!("eq({source}, {})", string(&format!("refs/heads/{branch}")))
        }
        Push::Tag(Tag::Exact(tag)) => {
            format!("eq({source}, {})", string(&format!("refs/tags/{tag}")))
        }
        Push::Tag(Tag::Prefix(prefix)) => {
            let prefix = string(&format!("refs/tags/{prefix}"));
            format!("startsWith({source}, {prefix})")
        }
        Push::Tag(Tag::Any) => format!("startsWith({source}, 'refs/tags/')"),
    }
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
        let when = When::Deployed {
            push: Push::Tag(Tag::Prefix("v".to_owned())),
            chosen: vec!["prod".to_owned()],
        };
        assert_eq!(
            condition(&when).unwrap(),
            "and(succeeded(), startsWith(variables['Build.SourceBranch'], 'refs/tags/v'), \
             in('${{ parameters.environment }}', 'all', 'prod'))"
        );
    }

    #[test]
    fn nothing_that_a_person_types_is_a_macro() {
        assert_eq!(
            value(&Value::Input("reason")),
            "${{ replace(parameters.reason, '$', '') }}"
        );
    }
}
