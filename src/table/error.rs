//! Why a table does not give what was asked for.

use std::fmt;

/// One of two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The first one.
    Left,
    /// The second one.
    Right,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Left => "first",
            Self::Right => "second",
        })
    }
}

/// Everything that keeps a table from being read or used. Rows are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableError {
    /// The file is no table, or not a whole one.
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
    /// More than is read.
    TooLarge {
        /// What there is too much of.
        reason: String,
    },
    /// No column of this name.
    NoColumn {
        /// The name asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
        /// All names there are.
        known: Vec<String>,
    },
    /// Rows without a value.
    Missing {
        /// The column.
        column: String,
        /// How many rows have none.
        count: usize,
        /// Some of them.
        rows: Vec<usize>,
    },
    /// A value that is not a number.
    NotANumber {
        /// The column.
        column: String,
        /// The first such row.
        row: usize,
        /// What it holds.
        value: String,
    },
    /// The table has no rows.
    Empty,
    /// A key that more than one row has, or that cannot be told from another.
    AmbiguousKey {
        /// The column.
        column: String,
        /// Which table.
        side: Side,
        /// How many keys.
        count: usize,
        /// Some of them.
        keys: Vec<String>,
    },
    /// Keys of one table that the other does not have.
    UnpairedKey {
        /// The column.
        column: String,
        /// The table that has them.
        side: Side,
        /// How many keys.
        count: usize,
        /// Some of them.
        keys: Vec<String>,
    },
    /// Tables that are paired by order and differ in length.
    UnequalLength {
        /// Rows of the first table.
        left: usize,
        /// Rows of the second table.
        right: usize,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { reason } => write!(f, "it is not a whole table: {reason}"),
            Self::TooLarge { reason } => write!(f, "the table is too large: {reason}"),
            Self::NoColumn { name, .. } => write!(f, "the table has no column `{name}`"),
            Self::Missing {
                column,
                count,
                rows,
            } => {
                let rows = joined(rows);
                write!(
                    f,
                    "column `{column}` has no value in {count} rows (row {rows})"
                )
            }
            Self::NotANumber { column, row, value } => {
                write!(
                    f,
                    "column `{column}` holds {value} in row {row}, which is not a number"
                )
            }
            Self::Empty => f.write_str("the table has no rows"),
            Self::AmbiguousKey {
                column,
                side,
                count,
                keys,
            } => {
                let keys = joined(keys);
                write!(
                    f,
                    "{count} keys in column `{column}` of the {side} table stand for more than one row ({keys})"
                )
            }
            Self::UnpairedKey {
                column,
                side,
                count,
                keys,
            } => {
                let keys = joined(keys);
                write!(
                    f,
                    "{count} keys in column `{column}` are only in the {side} table ({keys})"
                )
            }
            Self::UnequalLength { left, right } => {
                write!(f, "the tables have {left} and {right} rows")
            }
        }
    }
}

impl std::error::Error for TableError {}

impl TableError {
    /// What to do next, in one sentence.
    #[must_use]
    pub fn help(&self) -> String {
        let help = match self {
            Self::NoColumn {
                nearest: Some(nearest),
                ..
            } => {
                return format!("did you mean `{nearest}`?");
            }
            Self::NoColumn { known, .. } => return format!("it has {}", joined(known)),
            Self::Malformed { .. } => {
                "write it with `mlflow.log_table`, or as CSV with a header and commas"
            }
            Self::TooLarge { .. } => "log a sample of the rows",
            Self::Missing { .. } => {
                "find out why these rows have no value; rows are never left out of a metric"
            }
            Self::NotANumber { .. } => "name a column of numbers",
            Self::Empty => "log the table after the evaluation, not before",
            Self::AmbiguousKey { .. } => "pair by a column that is different in every row",
            Self::UnpairedKey { .. } => "evaluate both models on the same rows",
            Self::UnequalLength { .. } => {
                "evaluate both models on the same rows, or pair by a key column"
            }
        };
        help.to_owned()
    }
}

fn joined(items: &[impl fmt::Display]) -> String {
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(", ")
}
