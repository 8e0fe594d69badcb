//! The same example in two tables.
//!
//! The one decision here: every row of both tables has a partner, or there are no pairs. Rows that
//! are left out are how a comparison is made to look good.

use std::collections::BTreeMap;

use super::rows::EXAMPLES;
use super::{Cell, Side, Table, TableError};

/// What tells which rows belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairBy<'a> {
    /// The same value in this column of both tables.
    Key(&'a str),
    /// The same place in both tables.
    Order,
}

/// Pairs of row numbers, counted from 0, in the order of the first table.
///
/// # Errors
/// [`TableError::AmbiguousKey`] and [`TableError::UnpairedKey`] with examples, or
/// [`TableError::UnequalLength`]; besides those of [`Table::labels`].
pub fn pair(
    left: &Table,
    right: &Table,
    by: PairBy<'_>,
) -> Result<Vec<(usize, usize)>, TableError> {
    let PairBy::Key(column) = by else {
        return match (left.len(), right.len()) {
            (0, _) | (_, 0) => Err(TableError::Empty),
            (left, right) if left != right => Err(TableError::UnequalLength { left, right }),
            (rows, _) => Ok((0..rows).map(|row| (row, row)).collect()),
        };
    };
    let (ours, theirs) = (
        keys(left, column, Side::Left)?,
        keys(right, column, Side::Right)?,
    );
    unpaired(&ours, &theirs, column, Side::Left)?;
    unpaired(&theirs, &ours, column, Side::Right)?;
    let mut pairs: Vec<_> = ours
        .iter()
        .filter_map(|(key, row)| Some((*row, *theirs.get(key)?)))
        .collect();
    pairs.sort_unstable();
    Ok(pairs)
}

/// The row of each key.
fn keys(table: &Table, column: &str, side: Side) -> Result<BTreeMap<String, usize>, TableError> {
    let cells = table.present(column)?;
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut ambiguous = Vec::new();
    for (row, cell) in cells.into_iter().enumerate() {
        let key = cell.label().unwrap_or_default();
        let is_blurred = Cell::is_blurred(cell);
        let is_twice = rows.insert(key.clone(), row).is_some();
        if is_blurred || is_twice {
            ambiguous.push(key);
        }
    }
    ambiguous.sort_unstable();
    ambiguous.dedup();
    if ambiguous.is_empty() {
        return Ok(rows);
    }
    Err(TableError::AmbiguousKey {
        column: column.to_owned(),
        side,
        count: ambiguous.len(),
        keys: ambiguous.into_iter().take(EXAMPLES).collect(),
    })
}

fn unpaired(
    have: &BTreeMap<String, usize>,
    other: &BTreeMap<String, usize>,
    column: &str,
    side: Side,
) -> Result<(), TableError> {
    let alone = || have.keys().filter(|key| !other.contains_key(*key));
    let count = alone().count();
    if count == 0 {
        return Ok(());
    }
    Err(TableError::UnpairedKey {
        column: column.to_owned(),
        side,
        count,
        keys: alone().take(EXAMPLES).cloned().collect(),
    })
}
