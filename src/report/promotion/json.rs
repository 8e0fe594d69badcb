//! For programs.

use serde_json::{Value, json as value};

use crate::decision::canonical;
use crate::promotion::{Action, PromotionResult, Record, Refusal, Status};

/// What names the form of the document; another form has another name.
pub const RESULT_ID: &str = "gatewright-promotion-result/1";

/// The result as one document, canonical as a decision is.
#[must_use]
pub fn json(result: &PromotionResult) -> String {
    let record = result.record.as_ref();
    let action = match result.action {
        Action::Promote => "promote",
        Action::Rollback => "rollback",
    };
    canonical(&value!({
        "format": RESULT_ID,
        "action": action,
        "status": result.status.name(),
        "exit": result.exit,
        "promoted": result.is_promoted(),
        "project": result.project,
        "environment": result.environment,
        "registry": result.registry,
        "model": result.model,
        "alias": result.alias,
        "version": result.version,
        "replaced": result.replaced,
        "copied_from": result.copied_from,
        "tag": record.filter(|_| is_written(result)).map(Record::tag),
        "record_digest": record.filter(|_| is_written(result)).map(|record| Record::digest_of(&record.text())),
        "record": record,
        "refusals": refusals(&result.ruling.refusals),
        "forced": refusals(&result.ruling.forced),
        "warnings": result.warnings,
    }))
}

/// Whether the record is in the registry.
fn is_written(result: &PromotionResult) -> bool {
    !matches!(result.status, Status::WouldBeDone | Status::Refused)
}

fn refusals(refusals: &[Refusal]) -> Vec<Value> {
    let refusals = refusals.iter();
    refusals
        .map(|refusal| {
            value!({
                "code": refusal.ground.name(),
                "message": refusal.message,
                "help": refusal.help,
            })
        })
        .collect()
}
