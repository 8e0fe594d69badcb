//! CSV with a header and commas.
//!
//! The one decision here: CSV cannot say that it is whole, so the two signs of a cut are errors: a
//! last line without an end, and a quote that is never closed.

use super::rows::{MOST_CELLS, MOST_ROWS};
use super::{Cell, Table, TableError};

impl Table {
    /// Reads CSV (RFC 4180): a header, commas, UTF-8. An empty cell is null; `NaN` is NaN; `true`
    /// and `false` in any case of letters are truth; digits are numbers unless they begin with a
    /// zero that a number would not have (`007` is text).
    ///
    /// # Errors
    /// [`TableError::Malformed`] and [`TableError::TooLarge`].
    pub fn from_csv(bytes: &[u8]) -> Result<Self, TableError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.last() != Some(&b'\n') {
            return Err(malformed("its last line has no end, as if it were cut"));
        }
        if bytes
            .iter()
            .fold(false, |open, byte| open != (*byte == b'"'))
        {
            return Err(malformed("a quote is not closed, as if it were cut"));
        }
        let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
        let header = reader.headers().map_err(|error| told(&error))?.clone();
        let columns: Vec<_> = header.iter().map(str::to_owned).collect();
        if let [only] = columns.as_slice()
            && only.contains([';', '\t'])
        {
            return Err(malformed("its cells are not separated by commas"));
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| told(&error))?;
            if rows.len() == MOST_ROWS || (rows.len() + 1) * columns.len() > MOST_CELLS {
                let reason = format!("more than {MOST_ROWS} rows or {MOST_CELLS} cells");
                return Err(TableError::TooLarge { reason });
            }
            rows.push(record.iter().map(cell).collect());
        }
        Self::new(columns, rows)
    }
}

fn cell(text: &str) -> Cell {
    match text.trim() {
        "" => Cell::Null,
        trimmed if trimmed.eq_ignore_ascii_case("nan") => Cell::NaN,
        trimmed if trimmed.eq_ignore_ascii_case("true") => Cell::Bool(true),
        trimmed if trimmed.eq_ignore_ascii_case("false") => Cell::Bool(false),
        trimmed => number(trimmed).map_or_else(|| Cell::Text(text.to_owned()), Cell::Number),
    }
}

/// Only what JSON would call a number: no `007`, no `+7`, no `.5`, no `inf`.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let starts = digits.bytes().next()?.is_ascii_digit();
    let leads = matches!(digits.as_bytes(), [b'0', b'0'..=b'9', ..]);
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    (starts && !leads).then_some(value)
}

fn told(error: &csv::Error) -> TableError {
    let reason = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "it is not UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths {
            pos,
            expected_len,
            len,
        } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            format!("line {line} has {len} cells, not {expected_len}")
        }
        _ => error.to_string(),
    };
    TableError::Malformed { reason }
}

fn malformed(reason: &str) -> TableError {
    TableError::Malformed {
        reason: reason.to_owned(),
    }
}
