//! A logged table of one side.

use super::case::Side;
use crate::evidence::File;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;
use crate::table::{Table, TableError};

/// Reads the table at this path in the run: CSV by its ending, else MLflow's JSON.
pub(super) fn read(side: &Side<'_>, path: &str) -> Result<Table, Box<Opinion>> {
    let Some(File::Text(text)) = side.subject.files.get(path) else {
        return Err(Box::new(Opinion::new(
            Reason::EvidenceMissing,
            format!("{} has no table {path}", side.whose),
        )));
    };
    let is_csv = path
        .rsplit('.')
        .next()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let table = if is_csv {
        Table::from_csv(text.as_bytes())
    } else {
        Table::from_json(text.as_bytes())
    };
    table.map_err(|error| unusable(&side.whose, path, &error))
}

/// Why a table does not give what a rule needs.
pub(super) fn unusable(whose: &str, path: &str, error: &TableError) -> Box<Opinion> {
    let reason = match error {
        TableError::NoColumn { .. } | TableError::Missing { .. } | TableError::Empty => {
            Reason::EvidenceMissing
        }
        TableError::AmbiguousKey { .. }
        | TableError::UnpairedKey { .. }
        | TableError::UnequalLength { .. } => Reason::NotComparable,
        _ => Reason::EvidenceUnreadable,
    };
    Box::new(Opinion {
        notes: vec![error.help()],
        ..Opinion::new(reason, format!("{path} of {whose}: {error}"))
    })
}
