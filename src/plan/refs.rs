//! Which pushes deploy an environment, and whether a condition can say exactly that.
//!
//! The one decision here: a pattern is a name, or a beginning followed by `*`; that is what `if:`
//! on GitHub and `condition:` on Azure can both test. Another pattern is allowed where the trigger
//! alone decides: on GitHub, while it is the only tag pattern of the pipeline.

use super::error::{PlanError, Problem, PushProblem};
use super::job::{Push, Tag};
use crate::spec::{Deploy, Environment, Spec};

/// The environments that a pipeline deploys, in promotion order.
pub(super) fn deployed(spec: &Spec) -> impl Iterator<Item = (&Environment, &Deploy)> {
    let deployed = |environment| -> Option<(&Environment, &Deploy)> {
        let environment: &Environment = environment;
        environment
            .deploy
            .as_ref()
            .map(|deploy| (environment, deploy))
    };
    spec.environments.iter().filter_map(deployed)
}

/// The pushes of `deploy`, as a condition can tell them.
pub(super) fn push(deploy: &Deploy) -> Push {
    match deploy {
        Deploy::Branch(branch) => Push::Branch(branch.clone()),
        Deploy::Tag(pattern) => Push::Tag(tag(pattern)),
    }
}

/// The environments after this one that the same push deploys, itself the first. Whoever asks for a
/// later one asks for the way there.
pub(super) fn from_here<'s>(spec: &'s Spec, name: &str, deploy: &Deploy) -> Vec<&'s Environment> {
    deployed(spec)
        .skip_while(|(environment, _)| environment.name != name)
        .filter(|(_, its)| *its == deploy)
        .map(|(environment, _)| environment)
        .collect()
}

/// The environments whose live model a pipeline moves.
pub(super) fn promoted(spec: &Spec) -> impl Iterator<Item = &Environment> {
    deployed(spec)
        .map(|(environment, _)| environment)
        .filter(|environment| !environment.gates.is_empty())
}

/// The branch that changes are merged into, and whose files count when a time comes.
pub(super) fn main_branch(spec: &Spec) -> String {
    let branch = |(_, deploy): (&Environment, &Deploy)| match deploy {
        Deploy::Branch(branch) => Some(branch.clone()),
        Deploy::Tag(_) => None,
    };
    deployed(spec)
        .find_map(branch)
        .unwrap_or_else(|| "main".to_owned())
}

fn tag(pattern: &str) -> Tag {
    let beginning = pattern.trim_end_matches('*');
    if beginning.contains(['*', '?', '[', ']', '+']) {
        Tag::Any
    } else if beginning.len() < pattern.len() {
        Tag::Prefix(beginning.to_owned())
    } else {
        Tag::Exact(pattern.to_owned())
    }
}

/// Every deployment that no condition can describe, and every two that one push would start.
pub(super) fn check(spec: &Spec) -> Vec<PlanError> {
    let deployed: Vec<_> = deployed(spec).collect();
    let mut errors = Vec::new();
    for (index, (environment, deploy)) in deployed.iter().enumerate() {
        let mut report = |problem: PushProblem| {
            let key = if matches!(deploy, Deploy::Branch(_)) {
                "branch"
            } else {
                "tag"
            };
            let path = ["environments", environment.name.as_str(), "deploy", key];
            errors.push(PlanError::new(&path, Problem::Push(problem)));
        };
        if let Some(problem) = alone(deploy, spec.ci.azure.is_some()) {
            report(problem);
            continue;
        }
        for (other, its) in deployed.iter().take(index) {
            if let Some(problem) = together(deploy, its, &other.name) {
                report(problem);
                break;
            }
        }
    }
    errors
}

fn alone(deploy: &Deploy, azure: bool) -> Option<PushProblem> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '#' | '@');
    match deploy {
        Deploy::Branch(branch) if branch.is_empty() || !branch.chars().all(plain) => {
            Some(PushProblem::Branch {
                branch: branch.clone(),
            })
        }
        Deploy::Branch(_) => None,
        Deploy::Tag(pattern) => {
            let known = |c: char| plain(c) || matches!(c, '*' | '?' | '[' | ']' | '+');
            if pattern.is_empty() || !pattern.chars().all(known) {
                return Some(PushProblem::Tag {
                    pattern: pattern.clone(),
                });
            }
            (azure && tag(pattern) == Tag::Any).then(|| PushProblem::AzureTag {
                pattern: pattern.clone(),
            })
        }
    }
}

/// Equal deployments come one after the other; the rest must not meet. Both providers compare
/// without regard to case (`==` and `startsWith` on GitHub, `eq` and `startsWith` on Azure).
fn together(one: &Deploy, other: &Deploy, environment: &str) -> Option<PushProblem> {
    if one == other {
        return None;
    }
    let overlap = |text: &str| PushProblem::Overlap {
        other: text.to_owned(),
        environment: environment.to_owned(),
    };
    match (one, other) {
        (Deploy::Branch(one), Deploy::Branch(other)) => {
            (one.to_lowercase() == other.to_lowercase()).then(|| overlap(other))
        }
        (Deploy::Tag(one), Deploy::Tag(other)) => match (tag(one), tag(other)) {
            (Tag::Any, _) => Some(PushProblem::SecondTag {
                pattern: one.clone(),
            }),
            (_, Tag::Any) => Some(PushProblem::SecondTag {
                pattern: other.clone(),
            }),
            (mine, its) => meet(&mine, &its).then(|| overlap(other)),
        },
        _ => None,
    }
}

fn meet(one: &Tag, other: &Tag) -> bool {
    let begins = |long: &str, short: &str| long.to_lowercase().starts_with(&short.to_lowercase());
    match (one, other) {
        (Tag::Exact(one), Tag::Exact(other)) => one.to_lowercase() == other.to_lowercase(),
        (Tag::Exact(name), Tag::Prefix(prefix)) | (Tag::Prefix(prefix), Tag::Exact(name)) => {
            begins(name, prefix)
        }
        (Tag::Prefix(one), Tag::Prefix(other)) => begins(one, other) || begins(other, one),
        (Tag::Any, _) | (_, Tag::Any) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagged(pattern: &str) -> Deploy {
        Deploy::Tag(pattern.to_owned())
    }

    #[test]
    fn a_star_at_the_end_is_a_prefix_and_no_star_is_a_name() {
        assert_eq!(tag("v*"), Tag::Prefix("v".to_owned()));
        assert_eq!(tag("*"), Tag::Prefix(String::new()));
        assert_eq!(tag("stable"), Tag::Exact("stable".to_owned()));
        assert_eq!(tag("v*-rc"), Tag::Any);
        assert_eq!(tag("v[0-9]*"), Tag::Any);
    }

    #[test]
    fn what_azure_cannot_compare_is_refused_only_where_azure_is_wanted() {
        assert_eq!(alone(&tagged("v*.*.*"), false), None);
        let problem = alone(&tagged("v*.*.*"), true);
        assert_eq!(
            problem,
            Some(PushProblem::AzureTag {
                pattern: "v*.*.*".to_owned()
            })
        );
    }

    #[test]
    fn quotes_spaces_and_negations_are_no_references() {
        for bad in ["", "a'b", "a b", "!v*", "v${{x}}", "a\\b", "v\n"] {
            assert!(alone(&tagged(bad), false).is_some(), "{bad}");
        }
        assert!(alone(&Deploy::Branch("release/*".to_owned()), false).is_some());
    }

    #[test]
    fn deployments_that_one_push_would_start_must_be_equal() {
        for (one, other) in [
            ("v*", "v1*"),
            ("v1", "v*"),
            ("V*", "v*"),
            ("a", "A"),
            ("x*y", "a*"),
        ] {
            assert!(
                together(&tagged(one), &tagged(other), "prod").is_some(),
                "{one} {other}"
            );
        }
        for (one, other) in [("v*", "v*"), ("v*", "rc-*"), ("stable", "v*")] {
            assert_eq!(
                together(&tagged(one), &tagged(other), "prod"),
                None,
                "{one} {other}"
            );
        }
    }
}
