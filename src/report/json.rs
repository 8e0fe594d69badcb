//! The decision itself, for programs. The schema is `decision.v1.schema.json`.

use crate::decision::Decision;

/// Canonical: the SHA-256 of the file is the decision's digest.
pub(super) fn report(decision: &Decision) -> String {
    decision.text()
}
