//! The reading door against real table definitions, recorded answers, and hostile versions of both.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails"
)]

mod changes_catalog;
mod changes_rest;
mod changes_sqlite;
mod databricks;
mod databricks_sign_in;
mod files;
mod files_hostile;
mod ledger;
mod rest;
mod rest_answers;
mod rest_batches;
mod rest_credentials;
mod rest_faults;
mod rest_reading;
mod rest_reading_faults;
mod rest_search;
mod rest_tls;
mod sqlite;
mod sqlite_evidence;
mod sqlite_families;
mod sqlite_hostile;
mod sqlite_judges;
mod sqlite_states;
mod sqlite_values;
#[path = "../support/mod.rs"]
mod support;
mod uris;

use std::path::Path;

use gatewright::evidence::{Found, Reading, Run, Wanted};
use gatewright::store::{self, Store, StoreError};

/// An environment without a single variable.
fn nothing(_: &str) -> Option<String> {
    None
}

/// Opens a store in an empty environment.
fn open(uri: &str, base: &Path) -> Result<Box<dyn Store>, StoreError> {
    store::open(uri, base, &nothing)
}

/// Opens a store with some variables set.
fn open_with(uri: &str, variables: &[(&str, &str)]) -> Result<Box<dyn Store>, StoreError> {
    store::open(uri, Path::new("."), &|name| {
        let found = variables.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

/// Runs alone, in the order asked.
trait Runs {
    fn runs(&self, ids: &[&str]) -> Result<Vec<Run>, StoreError>;
}

impl Runs for dyn Store {
    fn runs(&self, ids: &[&str]) -> Result<Vec<Run>, StoreError> {
        let wanted = Wanted {
            runs: ids.iter().map(|id| (*id).to_owned()).collect(),
            ..Wanted::default()
        };
        let Found { runs, .. } = self.read(&wanted)?;
        Ok(ids.iter().map(|id| runs[*id].clone()).collect())
    }
}

/// The value of a metric as people see it, or "absent".
fn shown(run: &Run, metric: &str) -> String {
    run.metrics
        .get(metric)
        .map_or("absent".to_owned(), |found| found.reading.to_string())
}

/// The reading of a metric that must be there.
fn reading(run: &Run, metric: &str) -> Reading {
    run.metrics[metric].reading
}
