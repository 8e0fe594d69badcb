//! Opens another process's database file without changing it, in every state it may be in.
//!
//! The one decision here: `immutable=1` is the last resort. It ignores the write-ahead log, and a
//! gate that starts with it judges yesterday's metrics. Where a log or journal cannot be used in
//! place (a read-only folder after a crash), file and log are copied and the copy is opened.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tempfile::TempDir;

use super::fault;
use super::guard::{self, Deadline};
use crate::store::StoreError;

/// The largest store that is copied, with its journal, in bytes.
const LARGEST_COPY: u64 = 1 << 30;

/// The smallest page SQLite knows, and so the smallest database, in bytes.
const SMALLEST_DATABASE: u64 = 512;

/// What SQLite keeps beside a database while it is being written.
const JOURNALS: [&str; 2] = ["-wal", "-journal"];

/// An open database inside one read transaction.
pub(super) struct Open {
    /// The connection; every limit is on it.
    pub(super) connection: Connection,
    /// The clock of the current call.
    pub(super) deadline: Deadline,
    /// Where the copy is, when a copy was needed. Removed after the connection is closed, because
    /// fields are dropped in order.
    _copy: Option<TempDir>,
}

/// Opens the file at `path` for reading, waiting at most `wait` for another process's lock.
///
/// # Errors
/// [`StoreError::Missing`], [`StoreError::Unreadable`], [`StoreError::NotADatabase`],
/// [`StoreError::Locked`], and [`StoreError::TooLarge`] for a crashed store too large to copy.
pub(super) fn open(path: &Path, wait: Duration) -> Result<Open, StoreError> {
    let shown = path.display().to_string();
    let file = regular_file(path, &shown)?;
    let plain = |flags| begin(&file, flags, wait);
    let error = match plain(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        Ok((connection, deadline)) => {
            return Ok(Open {
                connection,
                deadline,
                _copy: None,
            });
        }
        Err(error) => error,
    };
    if !wants_to_write(&error) {
        return Err(fault::explain(&shown, &error));
    }
    if has_journal(&file) {
        return open_copy(&file, &shown, wait);
    }
    let (connection, deadline) =
        begin_immutable(&file, wait).map_err(|error| fault::explain(&shown, &error))?;
    Ok(Open {
        connection,
        deadline,
        _copy: None,
    })
}

/// The file behind `path`, links resolved, because SQLite's journals lie beside the real file.
/// Devices, pipes and folders are refused before anything opens them: opening a pipe blocks.
pub(crate) fn regular_file(path: &Path, shown: &str) -> Result<PathBuf, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable {
        path: shown.to_owned(),
        reason,
    };
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(StoreError::Missing {
                path: shown.to_owned(),
            });
        }
        Err(error) => return Err(unreadable(error.to_string())),
    };
    if metadata.is_dir() {
        return Err(unreadable("it is a folder".to_owned()));
    }
    if !metadata.is_file() {
        return Err(unreadable("it is not a regular file".to_owned()));
    }
    // SQLite takes a file without a whole header for a new, empty database.
    if metadata.len() < SMALLEST_DATABASE {
        let reason = match metadata.len() {
            0 => "the file is empty".to_owned(),
            bytes => format!("the file has only {bytes} bytes"),
        };
        return Err(StoreError::NotADatabase {
            path: shown.to_owned(),
            reason,
        });
    }
    fs::canonicalize(path).map_err(|error| unreadable(error.to_string()))
}

/// Opens, guards, begins the transaction and reads once, so that every state that cannot be read
/// shows here and not in the middle of a judgement.
fn begin(
    file: &Path,
    flags: OpenFlags,
    wait: Duration,
) -> rusqlite::Result<(Connection, Deadline)> {
    let mut connection = Connection::open_with_flags(file, flags)?;
    let deadline = guard::guard(&mut connection, wait)?;
    connection.execute_batch("BEGIN")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok((connection, deadline))
}

fn begin_immutable(file: &Path, wait: Duration) -> rusqlite::Result<(Connection, Deadline)> {
    let path = percent_encode(file.as_os_str().as_encoded_bytes(), NON_ALPHANUMERIC);
    let uri = format!(
        "file:{}?mode=ro&immutable=1",
        path.to_string().replace("%2F", "/")
    );
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    begin(Path::new(&uri), flags, wait)
}

/// Whether SQLite failed because it would have had to write: to roll a journal back, to make the
/// index of a write-ahead log, or to look for either in a folder it may not write to.
fn wants_to_write(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly)
    )
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn has_journal(file: &Path) -> bool {
    JOURNALS
        .iter()
        .any(|suffix| fs::metadata(beside(file, suffix)).is_ok_and(|journal| journal.len() > 0))
}

/// Copies the database with its journals to a private folder and opens it there, where SQLite may
/// write what it needs to. No connection to the original is open by now: reading a file beside an
/// open connection would drop the locks that the connection holds on it.
fn open_copy(file: &Path, shown: &str, wait: Duration) -> Result<Open, StoreError> {
    let copied = copy(file, shown).map_err(|error| match error {
        CopyError::Store(error) => error,
        CopyError::Io(error) => StoreError::Unreadable {
            path: shown.to_owned(),
            reason: format!("its journal has to be applied to a copy: {error}"),
        },
    })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let (connection, deadline) = begin(&copied.path().join("copy.db"), flags, wait)
        .map_err(|error| fault::explain(shown, &error))?;
    Ok(Open {
        connection,
        deadline,
        _copy: Some(copied),
    })
}

enum CopyError {
    Store(StoreError),
    Io(io::Error),
}

impl From<io::Error> for CopyError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn copy(file: &Path, shown: &str) -> Result<TempDir, CopyError> {
    let before = state(file)?;
    let bytes: u64 = before.iter().flatten().map(|(bytes, _)| bytes).sum();
    if bytes > LARGEST_COPY {
        return Err(CopyError::Store(StoreError::TooLarge {
            place: shown.to_owned(),
            reason: format!("its journal has to be applied to a copy, and it has {bytes} bytes"),
        }));
    }
    let folder = tempfile::Builder::new().prefix("gatewright-").tempdir()?;
    let target = folder.path().join("copy.db");
    for suffix in parts() {
        let source = beside(file, suffix);
        if source.exists() {
            // Not `fs::copy`, which would copy a write protection too.
            let mut written = File::create(beside(&target, suffix))?;
            io::copy(&mut File::open(source)?, &mut written)?;
        }
    }
    if state(file)? != before {
        return Err(CopyError::Store(StoreError::Locked {
            path: shown.to_owned(),
        }));
    }
    Ok(folder)
}

fn parts() -> impl Iterator<Item = &'static str> {
    std::iter::once("").chain(JOURNALS)
}

/// Size and time of the database and its journals, to see whether somebody wrote meanwhile.
fn state(file: &Path) -> io::Result<Vec<Option<(u64, SystemTime)>>> {
    parts()
        .map(|suffix| match fs::metadata(beside(file, suffix)) {
            Ok(metadata) => stamp(&metadata).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .collect()
}

fn stamp(metadata: &Metadata) -> io::Result<(u64, SystemTime)> {
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok((metadata.len(), metadata.modified()?))
}
