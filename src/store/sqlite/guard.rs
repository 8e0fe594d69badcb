//! The limits under which a database that somebody else wrote is read.
//!
//! The one decision here: bounds are set on the connection, not in the queries, so that a query
//! written later cannot forget them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;

/// How long one call may keep SQLite busy. A gate needs milliseconds.
const TIME_PER_CALL: Duration = Duration::from_secs(20);

/// The longest text or blob that is read, in bytes. MLflow's longest is a tag of 8000 characters.
const LONGEST_VALUE: i32 = 1 << 20;

/// All the memory SQLite may use in this process, in bytes.
const MEMORY: i64 = 256 << 20;

/// How many instructions of SQLite's virtual machine pass between two looks at the clock.
const INSTRUCTIONS_PER_LOOK: i32 = 10_000;

/// The clock that ends a query which never would.
#[derive(Clone)]
pub(crate) struct Deadline(Arc<Mutex<Instant>>);

impl Deadline {
    /// Gives the next call its full time.
    pub(crate) fn restart(&self) {
        self.set(Instant::now() + TIME_PER_CALL);
    }

    fn set(&self, end: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    fn passed(&self) -> bool {
        Instant::now() > *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts every limit on a connection that has read nothing yet.
///
/// # Errors
/// Whatever SQLite says; none of the statements reads the file.
pub(super) fn guard(connection: &mut Connection, wait: Duration) -> rusqlite::Result<Deadline> {
    connection.pragma_update(None, "query_only", 1)?;
    limit(connection, wait)
}

/// Puts every limit on a connection that has to write: foreign keys are kept, and no trigger runs.
///
/// # Errors
/// As [`guard`].
pub(crate) fn guard_writer(
    connection: &mut Connection,
    wait: Duration,
) -> rusqlite::Result<Deadline> {
    connection.pragma_update(None, "foreign_keys", 1)?;
    limit(connection, wait)
}

fn limit(connection: &mut Connection, wait: Duration) -> rusqlite::Result<Deadline> {
    connection.busy_timeout(wait)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for switched_off in [
        DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA,
        DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER,
        DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW,
    ] {
        connection.set_db_config(switched_off, false)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    for (pragma, value) in [
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("hard_heap_limit", MEMORY),
    ] {
        connection.pragma_update(None, pragma, value)?;
    }
    watch(connection)
}

fn watch(connection: &mut Connection) -> rusqlite::Result<Deadline> {
    let deadline = Deadline(Arc::new(Mutex::new(Instant::now() + TIME_PER_CALL)));
    let watched = deadline.clone();
    connection.progress_handler(INSTRUCTIONS_PER_LOOK, Some(move || watched.passed()))?;
    Ok(deadline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;
    use crate::store::sqlite::fault;

    fn guarded() -> (Connection, Deadline) {
        let mut connection = Connection::open_in_memory().unwrap();
        let deadline = guard(&mut connection, Duration::ZERO).unwrap();
        (connection, deadline)
    }

    #[test]
    fn a_query_without_an_end_is_ended() {
        let (connection, deadline) = guarded();
        deadline.set(Instant::now() + Duration::from_millis(20));
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        let error = connection
            .query_row(endless, [], |row| row.get::<_, i64>(0))
            .unwrap_err();
        assert!(matches!(
            fault::explain("x.db", &error),
            StoreError::TooLarge { .. }
        ));
    }

    #[test]
    fn a_value_of_a_gigabyte_is_not_built() {
        let (connection, _deadline) = guarded();
        let error = connection
            .query_row("SELECT hex(zeroblob(500000000))", [], |row| {
                row.get::<_, String>(0)
            })
            .unwrap_err();
        assert!(matches!(
            fault::explain("x.db", &error),
            StoreError::TooLarge { .. }
        ));
    }

    #[test]
    fn nothing_can_be_written_and_no_file_attached() {
        let (connection, _deadline) = guarded();
        for statement in [
            "CREATE TABLE t (a)",
            "PRAGMA user_version = 7",
            "ATTACH '/tmp/other.db' AS other",
        ] {
            assert!(connection.execute_batch(statement).is_err(), "{statement}");
        }
    }
}
