//! Credentials by their look: what a spec holds is in Git for ever.

use std::sync::OnceLock;

use regex::Regex;

use super::context::Context;
use crate::diagnostic::{Code, Diagnostic};
use crate::spec::yaml::{Content, Node};

/// Tokens of GitHub, GitLab, AWS, Slack, Databricks and `OpenAI`, and private keys, by the prefixes
/// that their makers document.
const SHAPES: &str = r"(?x)
    \b(?: gh[pousr]_[A-Za-z0-9]{20,} | github_pat_[A-Za-z0-9_]{20,} | glpat-[A-Za-z0-9_-]{20,}
      | (?:AKIA|ASIA)[A-Z0-9]{16} | xox[abprs]-[A-Za-z0-9-]{10,} | dapi[a-f0-9]{32}
      | sk-[A-Za-z0-9_-]{20,} )
    | -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----";

/// Reports every value, wherever it stands, that looks like a credential.
pub(super) fn look_alikes(context: &mut Context<'_>, node: &Node) {
    match &node.content {
        Content::String(text) if shapes().is_match(text) => context.report(
            Diagnostic::error(Code::SecretInSpec, node.span, "this looks like a credential").help(
                "revoke it, keep the new one on the CI system, and list its name under `secrets` of an environment",
            ),
        ),
        Content::Sequence(items) => {
            for item in items {
                look_alikes(context, item);
            }
        }
        Content::Mapping(entries) => {
            for entry in entries.values() {
                look_alikes(context, &entry.value);
            }
        }
        _ => {}
    }
}

fn shapes() -> &'static Regex {
    static SHAPES_REGEX: OnceLock<Regex> = OnceLock::new();
    #[expect(
        clippy::expect_used,
        reason = "a constant pattern, compiled by every test of a spec"
    )]
    SHAPES_REGEX.get_or_init(|| Regex::new(SHAPES).expect("valid pattern"))
}
