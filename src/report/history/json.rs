//! The document itself, for programs: `gatewright-history/1`, described in `docs/history.md`.

use super::document::History;
use crate::decision::canonical;

/// Fields are only ever added to this form. A change of what one means is another form.
pub(super) fn report(history: &History) -> String {
    canonical(history)
}
