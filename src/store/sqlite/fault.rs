//! What SQLite's errors mean to someone who wants evidence.

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// Turns an error of SQLite into a fact about the store at `path`.
pub(crate) fn explain(path: &str, error: &rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    let reason = reason(error);
    let Some(code) = error.sqlite_error_code() else {
        return StoreError::Damaged { path, reason };
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked { path },
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => {
            StoreError::NotADatabase { path, reason }
        }
        ErrorCode::OperationInterrupted => StoreError::TooLarge {
            place: path,
            reason: "reading it takes too long".to_owned(),
        },
        ErrorCode::OutOfMemory | ErrorCode::TooBig => StoreError::TooLarge {
            place: path,
            reason,
        },
        ErrorCode::Unknown | ErrorCode::SchemaChanged | ErrorCode::TypeMismatch => {
            StoreError::Damaged { path, reason }
        }
        _ => StoreError::Unreadable { path, reason },
    }
}

/// SQLite's own words, without the query that it failed on.
pub(crate) fn reason(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, None) => code.to_string(),
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}
