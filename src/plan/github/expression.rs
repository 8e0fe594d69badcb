//! Values and conditions in GitHub's expression language.

use crate::plan::{CHANGED, Push, Tag, Value, When};

/// What stands in `env:` for a value.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.clone(),
        Value::Secret(name) => format!("${{{{ secrets.{name} }}}}"),
        Value::Variable(name) => format!("${{{{ vars.{name} }}}}"),
        Value::Input(name) => format!("${{{{ inputs.{name} }}}}"),
        Value::WorkloadIdentity => "github-oidc".to_owned(),
        Value::PullRequest => "${{ github.event.pull_request.number }}".to_owned(),
        Value::RunUrl => {
            "${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}"
                .to_owned()
        }
        Value::JobOutput { job, name, .. } => format!("${{{{ needs.{job}.outputs.{name} }}}}"),
        Value::Joined(parts) => parts.iter().map(self::value).collect(),
    }
}

/// What stands in `if:` of a job.
pub(super) fn condition(when: &When) -> Option<String> {
    Some(match when {
        When::Triggered => return None,
        When::Always => "${{ always() }}".to_owned(),
        When::Touched => {
            let (job, _, output) = CHANGED;
            format!("needs.{job}.outputs.{output} != 'false'")
        }
        When::Reviewable => {
            "github.event.pull_request.head.repo.full_name == github.repository".to_owned()
        }
        When::Open => "github.event.action != 'closed' && \
                       github.event.pull_request.head.repo.full_name == github.repository"
            .to_owned(),
        When::Closed => "github.event.action == 'closed' && \
                         github.event.pull_request.head.repo.full_name == github.repository"
            .to_owned(),
        When::Deployed { push, chosen } => deployed(push, chosen),
        When::Chosen(environment) => is_chosen(environment),
        When::Due { among_others, .. } if !among_others => return None,
        When::Due { cron, .. } => {
            let cron = string(cron);
            format!("github.event_name != 'schedule' || github.event.schedule == {cron}")
        }
        When::Unverified {
            promotion,
            verification,
        } => format!(
            "always() && needs.{promotion}.result == 'success' && needs.{verification}.result != 'success'"
        ),
    })
}

fn deployed(push: &Push, chosen: &[String]) -> String {
    let asked: Vec<_> = std::iter::once("github.event_name != 'workflow_dispatch'".to_owned())
        .chain(chosen.iter().map(|name| is_chosen(name)))
        .collect();
    format!("{} && ({})", pushed(push), asked.join(" || "))
}

fn is_chosen(environment: &str) -> String {
    format!("inputs.environment == {}", string(environment))
}

fn pushed(push: &Push) -> String {
    match push {
        Push::Branch(branch) => {
            format!("github.ref == {}", string(&format!("refs/heads/{branch}")))
        }
        Push::Tag(Tag::Exact(tag)) => {
            format!("github.ref == {}", string(&format!("refs/tags/{tag}")))
        }
        Push::Tag(Tag::Prefix(prefix)) => {
            let prefix = string(&format!("refs/tags/{prefix}"));
            format!("startsWith(github.ref, {prefix})")
        }
        Push::Tag(Tag::Any) => "github.ref_type == 'tag'".to_owned(),
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
    fn a_joined_value_keeps_its_order() {
        let joined = Value::Joined(vec![
            Value::Literal("https://".to_owned()),
            Value::Variable("HOST".to_owned()),
            Value::Literal("/".to_owned()),
            Value::Secret("KEY".to_owned()),
        ]);
        assert_eq!(
            value(&joined),
            "https://${{ vars.HOST }}/${{ secrets.KEY }}"
        );
    }

    #[test]
    fn a_quote_cannot_end_the_string() {
        let when = When::Deployed {
            push: Push::Branch("a' || true || '".to_owned()),
            chosen: Vec::new(),
        };
        assert_eq!(
            condition(&when).unwrap(),
            "github.ref == 'refs/heads/a'' || true || ''' && (github.event_name != 'workflow_dispatch')"
        );
    }

    #[test]
    fn a_person_may_ask_for_an_environment_or_for_one_behind_it() {
        let when = When::Deployed {
            push: Push::Branch("main".to_owned()),
            chosen: vec!["dev".to_owned(), "prod".to_owned()],
        };
        assert_eq!(
            condition(&when).unwrap(),
            "github.ref == 'refs/heads/main' && (github.event_name != 'workflow_dispatch' || \
             inputs.environment == 'dev' || inputs.environment == 'prod')"
        );
    }
}
