//! The JSON of `mlflow.log_table` and `eval_results_table.json`:
//! `{"columns": [...], "data": [[...], ...]}` (pandas' `orient="split"`).
//!
//! The one decision here: cells are counted while they are read, and what is inside of a cell counts
//! too.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;

use super::rows::{MOST_CELLS, MOST_ROWS};
use super::{Cell, Table, TableError};
use crate::json::Bounded;

/// How the error of a table that is too large is told from others.
const TOO_LARGE: &str = "more rows or cells than are read";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    columns: Vec<Name>,
    data: Rows,
    #[expect(dead_code, reason = "pandas may write it, and it says nothing")]
    index: Option<IgnoredAny>,
}

impl Table {
    /// Reads a table in MLflow's form. Its numbers have ten decimal places at most, and NaN and the
    /// infinities are null in there: that is how MLflow writes them.
    ///
    /// # Errors
    /// [`TableError::Malformed`] and [`TableError::TooLarge`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, TableError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| {
            let reason = error.to_string();
            if reason.starts_with(TOO_LARGE) {
                return TableError::TooLarge { reason };
            }
            TableError::Malformed { reason }
        })?;
        let columns = wire.columns.into_iter().map(|Name(name)| name).collect();
        Self::new(columns, wire.data.0)
    }
}

/// A column's name; pandas numbers columns without one.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(name) => Ok(Self(name)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::custom("the name of a column is not text")),
        }
    }
}

struct Rows(Vec<Vec<Cell>>);

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor).map(Self)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Vec<Vec<Cell>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut rows = Vec::new();
        let mut left = MOST_CELLS;
        while let Some(row) = items.next_element_seed(Row { left: &mut left })? {
            if rows.len() == MOST_ROWS {
                return Err(A::Error::custom(TOO_LARGE));
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

/// One row, which counts down how many cells there may still be in all.
struct Row<'a> {
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = Vec<Cell>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<Cell>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = Vec<Cell>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row, which is a list of cells")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<Cell>, A::Error> {
        let mut row = Vec::new();
        while let Some(value) = items.next_element_seed(Bounded { left: self.left })? {
            row.push(cell(value));
            if *self.left == 0 {
                return Err(A::Error::custom(TOO_LARGE));
            }
        }
        Ok(row)
    }
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(value) => Cell::Bool(value),
        Value::String(text) => Cell::Text(text),
        Value::Number(number) => number.as_f64().map_or(Cell::NaN, Cell::Number),
        nested => Cell::Text(nested.to_string()),
    }
}
