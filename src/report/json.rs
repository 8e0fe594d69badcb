//! The decision itself, for programs. The schema is `decision.v1.schema.json`.

use crate::decision::Decision;

pub(super) fn report(decision: &Decision) -> String {
    // Every field is text, a number or a list of such: this cannot fail.
    let text = serde_json::to_string_pretty(decision).unwrap_or_default();
    format!("{text}\n")
}
