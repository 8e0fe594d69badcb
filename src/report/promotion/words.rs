//! The words that several formats share. None of them is made harmless yet.

use crate::promotion::{
    Action, ApprovalRecord, DecisionLink, PromotionResult, Record, Status, moment,
};

/// How much of a digest or of an id is shown where people read.
const SHORT: usize = 12;

/// What came of it, in one sentence.
pub(super) fn headline(result: &PromotionResult) -> String {
    let alias = &result.alias;
    let version = match (result.version, &result.copied_from) {
        (Some(version), _) => format!("{} version {version}", result.model),
        (None, Some(from)) => format!("{}, a copy of {from},", result.model),
        (None, None) => result.model.clone(),
    };
    let instead = match result.replaced {
        Some(replaced) => format!("in place of version {replaced}"),
        None => "where nothing was live".to_owned(),
    };
    match (result.status, result.action) {
        (Status::AlreadyLive, _) => format!("Already live: {version} is `{alias}`"),
        (Status::Done, Action::Promote) => {
            format!("Promoted: {version} is `{alias}` now, {instead}")
        }
        (Status::Done, Action::Rollback) => {
            format!("Rolled back: {version} is `{alias}` again, {instead}")
        }
        (Status::Finished, _) => format!(
            "Finished: {version} is `{alias}` now, {instead}; an earlier run had not got this far"
        ),
        (Status::WouldBeDone, _) => {
            format!("Would be done: {version} becomes `{alias}`, {instead}; nothing was written")
        }
        (Status::Refused, _) => {
            let live = match result.replaced {
                Some(live) => format!("`{alias}` stays at version {live}"),
                None => format!("`{alias}` stays absent"),
            };
            format!("Refused: {live}")
        }
    }
}

/// What is known beside the headline, as names and values.
pub(super) fn facts(result: &PromotionResult) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(environment) = &result.environment {
        facts.push(("environment", environment.clone()));
    }
    facts.push(("registry", result.registry.clone()));
    if let Some(record) = result
        .record
        .as_ref()
        .filter(|_| result.status != Status::Refused)
    {
        facts.extend(told(record, result.status));
    }
    facts
}

fn told(record: &Record, status: Status) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    for link in &record.decisions {
        facts.push(("decision", decision(link)));
        facts.extend(link.logged.clone().map(|place| ("logged", place)));
    }
    if !record.waived.is_empty() {
        facts.push(("waived", record.waived.join(", ")));
    }
    let attestations = record.attestations.iter();
    facts.extend(attestations.map(|one| ("attested", one.who())));
    for approval in &record.approvals {
        facts.push(("approved", approved(approval)));
    }
    if let Some(reason) = &record.reason {
        facts.push(("reason", reason.clone()));
    }
    if let Some(from) = &record.copied_from {
        facts.push(("copied from", from.clone()));
    }
    facts.push(("by", record.by.name()));
    if let Some(commit) = &record.commit {
        let dirty = match record.dirty {
            Some(true) => ", with changes that are not committed",
            _ => "",
        };
        facts.push(("commit", format!("{}{dirty}", short(commit))));
    }
    let entry = match status {
        Status::WouldBeDone => format!("would be entry {} of the ledger", record.sequence),
        _ => format!(
            "entry {} of the ledger, tag {}, {}",
            record.sequence,
            record.tag(),
            moment(record.at_ms)
        ),
    };
    facts.push(("record", entry));
    facts
}

fn decision(link: &DecisionLink) -> String {
    let digest = link.digest.strip_prefix("sha256:").unwrap_or(&link.digest);
    // To the second: `2026-11-23T16:00:07Z`.
    let judged = link.judged_at.get(..19).unwrap_or(&link.judged_at);
    format!(
        "gate {}: {}, judged {judged}Z, sha256:{}",
        link.gate,
        link.verdict,
        short(digest)
    )
}

fn approved(approval: &ApprovalRecord) -> String {
    let by = approval.by.as_deref().unwrap_or("somebody");
    let at = approval
        .at
        .as_ref()
        .map_or_else(String::new, |at| format!(", {at}"));
    match approval.kind.as_str() {
        "tag" => format!("tag {}{at}", approval.about),
        kind => format!("by {by} for {} ({kind}{at})", approval.about),
    }
}

fn short(text: &str) -> &str {
    text.get(..SHORT).unwrap_or(text)
}
