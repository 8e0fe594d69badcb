//! Values and conditions in GitHub's expression language.

use crate::plan::{Tag, Value, When};

/// What stands in `env:` for a value.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::Literal(text) => text.clone(),
        Value::Secret(name) => format!("${{{{ secrets.{name} }}}}"),
        Value::Variable(name) => format!("${{{{ vars.{name} }}}}"),
        Value::JobOutput { job, name, .. } => format!("${{{{ needs.{job}.outputs.{name} }}}}"),
        Value::Joined(parts) => parts.iter().map(self::value).collect(),
    }
}

/// What stands in `if:` of a job.
pub(super) fn condition(when: &When) -> Option<String> {
    Some(match when {
        When::Triggered => return None,
        When::Always => "${{ always() }}".to_owned(),
        When::Branch(branch) => {
            format!("github.ref == {}", string(&format!("refs/heads/{branch}")))
        }
        When::Tag(Tag::Exact(tag)) => {
            format!("github.ref == {}", string(&format!("refs/tags/{tag}")))
        }
        When::Tag(Tag::Prefix(prefix)) => {
            format!(
                "startsWith(github.ref, {})",
                string(&format!("refs/tags/{prefix}"))
            )
        }
        When::Tag(Tag::Any) => "github.ref_type == 'tag'".to_owned(),
    })
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
        let when = When::Branch("a' || true || '".to_owned());
        assert_eq!(
            condition(&when).unwrap(),
            "github.ref == 'refs/heads/a'' || true || '''"
        );
    }
}
