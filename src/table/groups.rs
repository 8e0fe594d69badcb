//! Rows by what they have in common.

use std::collections::BTreeMap;

use super::{Table, TableError};

/// The rows with the same values in the columns that were grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// One value per column, in the order of the columns asked for.
    pub key: Vec<String>,
    /// The rows, counted from 0, in the order of the table.
    pub rows: Vec<usize>,
}

impl Group {
    /// What these rows have in a list with one value per row of the table.
    pub fn pick<T: Clone>(&self, values: &[T]) -> Vec<T> {
        let picked = self.rows.iter().filter_map(|row| values.get(*row));
        picked.cloned().collect()
    }
}

impl Table {
    /// Groups rows by one or several columns; ordered by key, so that a report always reads the
    /// same. Every row is in exactly one group.
    ///
    /// # Errors
    /// [`TableError::Missing`] when a row has no value to be grouped by; besides those of
    /// [`Table::cells`].
    pub fn groups(&self, by: &[&str]) -> Result<Vec<Group>, TableError> {
        let columns = by
            .iter()
            .map(|column| self.labels(column))
            .collect::<Result<Vec<_>, _>>()?;
        let mut groups: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        for row in 0..self.len() {
            let key = columns.iter().filter_map(|labels| labels.get(row).cloned());
            groups.entry(key.collect()).or_default().push(row);
        }
        let groups = groups.into_iter().map(|(key, rows)| Group { key, rows });
        Ok(groups.collect())
    }
}
