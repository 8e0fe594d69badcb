//! A table, and the values of its columns.

use super::{Cell, TableError};
use crate::diagnostic;

/// The most rows that are read.
pub const MOST_ROWS: usize = 1_000_000;

/// The most cells that are read. A cell takes 24 bytes, and its text.
pub const MOST_CELLS: usize = 8_000_000;

/// How many rows or keys a message names.
pub(super) const EXAMPLES: usize = 3;

/// Rows of cells under named columns. Every row has one cell for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Puts a table together.
    pub(super) fn new(columns: Vec<String>, rows: Vec<Vec<Cell>>) -> Result<Self, TableError> {
        let malformed = |reason: String| Err(TableError::Malformed { reason });
        let mut sorted: Vec<_> = columns.iter().collect();
        sorted.sort_unstable();
        if let Some([twice, _]) = sorted.array_windows().find(|[one, two]| one == two) {
            return malformed(format!("the column {twice:?} comes twice"));
        }
        if columns.is_empty() {
            return malformed("it has no columns".to_owned());
        }
        let width = columns.len();
        if let Some(index) = rows.iter().position(|row| row.len() != width) {
            let row = index + 1;
            return malformed(format!("row {row} does not have {width} cells"));
        }
        Ok(Self { columns, rows })
    }

    /// The names of the columns, in the order of the file.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The cells of a column, one per row.
    ///
    /// # Errors
    /// [`TableError::NoColumn`] with the nearest name, [`TableError::Empty`] without rows.
    pub fn cells(&self, column: &str) -> Result<Vec<&Cell>, TableError> {
        let Some(place) = self.columns.iter().position(|name| name == column) else {
            let known = self.columns.iter().map(String::as_str);
            return Err(TableError::NoColumn {
                name: column.to_owned(),
                nearest: diagnostic::nearest(column, known).map(str::to_owned),
                known: self.columns.clone(),
            });
        };
        if self.is_empty() {
            return Err(TableError::Empty);
        }
        Ok(self.rows.iter().filter_map(|row| row.get(place)).collect())
    }

    /// The numbers of a column, one per row: targets, predictions, scores. Truth counts as 1 and 0.
    ///
    /// # Errors
    /// [`TableError::Missing`] when a row has no value, [`TableError::NotANumber`] when it is text;
    /// besides those of [`Table::cells`].
    pub fn numbers(&self, column: &str) -> Result<Vec<f64>, TableError> {
        let cells = self.present(column)?;
        let read = cells.iter().enumerate().map(|(index, cell)| {
            cell.number().ok_or_else(|| TableError::NotANumber {
                column: column.to_owned(),
                row: index + 1,
                value: cell.to_string(),
            })
        });
        read.collect()
    }

    /// The classes of a column, one per row, spelled so that equal ones are equal: 1 and 1.0 are `1`.
    ///
    /// # Errors
    /// [`TableError::Missing`] when a row has no value; besides those of [`Table::cells`].
    pub fn labels(&self, column: &str) -> Result<Vec<String>, TableError> {
        let cells = self.present(column)?;
        Ok(cells.into_iter().filter_map(Cell::label).collect())
    }

    /// How many rows have a value, and how many rows there are.
    ///
    /// # Errors
    /// Those of [`Table::cells`].
    pub fn coverage(&self, column: &str) -> Result<(usize, usize), TableError> {
        let cells = self.cells(column)?;
        let present = cells.iter().filter(|cell| !cell.is_missing()).count();
        Ok((present, cells.len()))
    }

    /// The cells of a column in which every row has a value.
    pub(super) fn present(&self, column: &str) -> Result<Vec<&Cell>, TableError> {
        let cells = self.cells(column)?;
        let missing = || {
            cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell.is_missing())
        };
        let count = missing().count();
        if count == 0 {
            return Ok(cells);
        }
        Err(TableError::Missing {
            column: column.to_owned(),
            count,
            rows: missing()
                .take(EXAMPLES)
                .map(|(index, _)| index + 1)
                .collect(),
        })
    }
}
