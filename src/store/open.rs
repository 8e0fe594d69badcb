//! From a tracking URI to the store behind it.
//!
//! The one decision here: a URI that cannot be read gets an answer that says what can be done
//! instead. MLflow knows many kinds of store; this door has two.

use std::path::Path;

use super::rest::RestStore;
use super::sqlite::SqliteStore;
use super::{Store, StoreError};
use crate::mlflow::{self, Address, Client, Settings};

/// The workspace of a store that was not asked for one.
const DEFAULT_WORKSPACE: &str = "default";

/// Opens the store at a tracking URI as MLflow spells it: `sqlite:///relative.db` (relative to
/// `base`), `sqlite:////absolute.db`, or `http://` and `https://` of a tracking server.
///
/// A SQLite file is opened and looked at here; a server is first spoken to by the first question.
/// A store is for one judgement: it shows one snapshot, and its deadlines count from the first
/// question. Drop it before writing to the same SQLite file.
///
/// # Errors
/// [`StoreError::Unsupported`] for every other kind of store, [`StoreError::Setting`] for an
/// environment variable that cannot be used, and whatever keeps a SQLite file from being read.
pub fn open(
    uri: &str,
    base: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Box<dyn Store>, StoreError> {
    let (scheme, rest) = uri.split_once(':').unwrap_or(("", uri));
    let scheme = scheme.to_ascii_lowercase();
    match scheme.as_str() {
        "sqlite" | "sqlite+pysqlite" => {
            let path = base.join(sqlite_path(uri, rest)?);
            let setting = |failure| StoreError::from_failure(uri, failure);
            let workspace = mlflow::workspace(environment).map_err(setting)?;
            let wait =
                mlflow::seconds(environment, "GATEWRIGHT_LOCK_TIMEOUT", 5).map_err(setting)?;
            let workspace = workspace.unwrap_or_else(|| DEFAULT_WORKSPACE.to_owned());
            Ok(Box::new(SqliteStore::open(&path, workspace, wait)?))
        }
        "http" | "https" => {
            let address = Address::parse(uri)
                .map_err(|reason| unsupported(&shown(&scheme, rest), &reason))?;
            let settings = Settings::read(&address, environment)
                .map_err(|failure| StoreError::from_failure(&address.to_string(), failure))?;
            Ok(Box::new(RestStore::new(Client::new(address, settings))))
        }
        _ => Err(unsupported(
            &shown(&scheme, rest),
            &advice(uri.trim(), &scheme),
        )),
    }
}

fn unsupported(uri: &str, help: &str) -> StoreError {
    StoreError::Unsupported {
        uri: uri.to_owned(),
        help: help.to_owned(),
    }
}

/// The path in a SQLite URI, as `SQLAlchemy` reads it: three slashes and the path, not encoded.
fn sqlite_path<'u>(uri: &str, rest: &'u str) -> Result<&'u str, StoreError> {
    let refused = |help: &str| Err(unsupported(uri, help));
    let Some(path) = rest.strip_prefix("///") else {
        return match rest {
            "" | "/" | "//" => refused(
                "a database in memory holds no evidence; name a file: `sqlite:///mlflow.db`",
            ),
            _ => refused(
                "write three slashes before a relative path, `sqlite:///mlflow.db`, and four before an absolute one",
            ),
        };
    };
    if path.is_empty() || path.starts_with(":memory:") {
        return refused(
            "a database in memory holds no evidence; name a file: `sqlite:///mlflow.db`",
        );
    }
    if path.starts_with("file:") || path.contains('?') {
        return refused(
            "leave out `file:` and everything from the `?` on: the file is only ever read",
        );
    }
    Ok(path)
}

fn advice(uri: &str, scheme: &str) -> String {
    let dialect = scheme.split('+').next().unwrap_or_default();
    match dialect {
        "postgresql" | "postgres" | "mysql" | "mariadb" | "mssql" | "oracle" | "cockroachdb" => {
            format!(
                "a database behind a server is read through the server: run `mlflow server --backend-store-uri {dialect}://...` and set `mlflow.tracking_uri` to its http address"
            )
        }
        "sqlite" => "use the driver of MLflow's default: `sqlite:///mlflow.db`".to_owned(),
        "databricks" | "databricks-uc" | "uc" => {
            "Databricks and Unity Catalog are not read by this version; an MLflow tracking server and a SQLite store are".to_owned()
        }
        _ if uri.starts_with("databricks") => advice("", "databricks"),
        _ if uri.is_empty() => {
            "set `mlflow.tracking_uri`, for example to `sqlite:///mlflow.db` or `https://mlflow.example.com`".to_owned()
        }
        _ if uri.contains("://") && dialect != "file" => {
            "use `sqlite:///path/to/mlflow.db`, or the http address of a tracking server".to_owned()
        }
        _ => "this looks like a legacy file store (a folder such as `mlruns`), which this version does not read: serve it with `mlflow server --backend-store-uri ./mlruns` and set `mlflow.tracking_uri` to its http address, or move it with `mlflow migrate-filestore`".to_owned(),
    }
}

/// The URI without anything that may be a credential: a URI with an authority is cut after its
/// scheme, and before the last `@` nothing is shown.
fn shown(scheme: &str, rest: &str) -> String {
    if rest.starts_with("//") && scheme != "file" {
        return format!("{scheme}://...");
    }
    let (mark, tail) = rest
        .rsplit_once('@')
        .map_or(("", rest), |(_, tail)| ("...@", tail));
    let tail = tail.split(['?', '#']).next().unwrap_or_default();
    let tail: String = tail
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    if scheme.is_empty() || !mark.is_empty() {
        format!("{mark}{tail}")
    } else {
        format!("{scheme}:{tail}")
    }
}
