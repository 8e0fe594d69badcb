//! Who approved it, as far as it can be shown.

use super::place::Place;
use crate::console::Console;
use crate::evidence::ModelVersion;
use crate::host;
use crate::promotion::{ApprovalRecord, Approvals, is_approved};

/// Looks for the approval that the spec asks for in this environment.
pub(super) fn approvals(
    place: Place<'_>,
    candidate: &ModelVersion,
    console: &Console<'_>,
) -> Approvals {
    let environment = place
        .environment
        .and_then(|name| place.spec.environment(name));
    let Some((environment, approval)) =
        environment.and_then(|environment| Some((environment, environment.approval.as_ref()?)))
    else {
        return Approvals::default();
    };
    if let Some(tag) = &approval.tag
        && candidate
            .tags
            .get(tag)
            .is_some_and(|value| is_approved(value))
    {
        let record = ApprovalRecord {
            kind: "tag".to_owned(),
            about: tag.clone(),
            by: None,
            at: None,
        };
        return Approvals {
            records: vec![record],
            unknown: None,
        };
    }
    match host::approvals(&console.environment) {
        Ok(found) if !found.is_empty() => Approvals {
            records: found.into_iter().map(record).collect(),
            unknown: None,
        },
        Ok(_) => unknown(
            &environment.name,
            &approval.reviewers,
            "this run shows none",
        ),
        Err(reason) => unknown(&environment.name, &approval.reviewers, &reason),
    }
}

fn record(approval: host::Approval) -> ApprovalRecord {
    ApprovalRecord {
        kind: approval.kind.to_owned(),
        about: approval.about,
        by: approval.by,
        at: approval.at,
    }
}

/// The CI system sees to approvals before a job begins; that none can be shown is no refusal.
fn unknown(environment: &str, reviewers: &[String], reason: &str) -> Approvals {
    Approvals {
        records: Vec::new(),
        unknown: Some(format!(
            "`{environment}` asks for an approval by {}, and none goes on record: {reason}",
            reviewers.join(", ")
        )),
    }
}
