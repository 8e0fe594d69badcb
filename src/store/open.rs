//! From a tracking URI to the store behind it.
//!
//! The one decision here: a URI that cannot be read gets an answer that says what can be done
//! instead. MLflow knows many kinds of store; this door has three, and Databricks.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::databricks::DatabricksUri;
use super::file::FileStore;
use super::observed::Observed;
use super::rest::{Registry, RestStore};
use super::sqlite::SqliteStore;
use super::{Store, StoreError};
use crate::mlflow::{self, Address, Client, Settings};
use crate::observer::Observer;

/// What a tracking URI leads to, for both doors.
pub(crate) enum Place {
    /// A SQLite file.
    Sqlite(File),
    /// A tracking server or Databricks. Nothing was sent yet.
    Server(Box<RestStore>),
    /// The folder of a legacy file store.
    Folder(PathBuf),
}

/// A SQLite file that was not looked at yet.
pub(crate) struct File {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// The workspace of the registry in it, where it has workspaces.
    pub(crate) workspace: String,
    /// How long to wait for another process's lock.
    pub(crate) wait: Duration,
}

/// The workspace of a store that was not asked for one.
const DEFAULT_WORKSPACE: &str = "default";

/// Opens the store at a tracking URI as MLflow spells it: `sqlite:///relative.db` (relative to
/// `base`), `sqlite:////absolute.db`, `http://` and `https://` of a tracking server, or the folder
/// of a legacy file store as a path or a `file:` URI; or `databricks` and `databricks-uc`, each with
/// `://profile` where it is not the default one.
///
/// A SQLite file or a folder is opened and looked at here; a server is first spoken to by the first question.
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
    open_observed(uri, base, environment, &Observer::nobody())
}

/// Opens a store as [`open`] does, and tells somebody what it is asked.
///
/// # Errors
/// As [`open`].
pub fn open_observed(
    uri: &str,
    base: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    observer: &Observer,
) -> Result<Box<dyn Store>, StoreError> {
    let store: Box<dyn Store> = match locate(uri, base, environment)? {
        Place::Sqlite(file) => {
            let File {
                path,
                workspace,
                wait,
            } = file;
            observer.note(|| format!("reading the SQLite file {}", path.display()));
            Box::new(SqliteStore::open(&path, workspace, wait)?)
        }
        Place::Server(store) => Box::new(store.observed(observer)),
        Place::Folder(path) => {
            observer.note(|| format!("reading the folder {}", path.display()));
            Box::new(FileStore::open(&path)?)
        }
    };
    if !observer.hears_details() {
        return Ok(store);
    }
    let observer = observer.clone();
    Ok(Box::new(Observed { store, observer }))
}

/// Reads a tracking URI, and the settings for what it leads to. Nothing is opened or sent.
///
/// # Errors
/// As [`open`], for what can be said of the URI and the settings alone.
pub(crate) fn locate(
    uri: &str,
    base: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Place, StoreError> {
    if let Some(databricks) = DatabricksUri::parse(uri) {
        let store = databricks.open(environment);
        return store
            .map(|store| Place::Server(Box::new(store)))
            .map_err(|failure| StoreError::from_failure("Databricks", failure));
    }
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
            Ok(Place::Sqlite(File {
                path,
                workspace,
                wait,
            }))
        }
        "http" | "https" => {
            let address = Address::parse(uri)
                .map_err(|reason| unsupported(&shown(&scheme, rest), &reason))?;
            let settings = Settings::read(&address, environment)
                .map_err(|failure| StoreError::from_failure(&address.to_string(), failure))?;
            let client = Client::new(address, settings);
            let store = RestStore::new(client, Registry::Server);
            Ok(Place::Server(Box::new(store)))
        }
        // A drive of Windows is a path, and not a scheme.
        _ if is_path(uri, &scheme) => locate_folder(uri, &base.join(uri), environment),
        "file" => locate_folder(uri, &base.join(file_path(uri, rest)?), environment),
        _ => Err(unsupported(
            &shown(&scheme, rest),
            &advice(uri.trim(), &scheme),
        )),
    }
}

/// A folder, where MLflow 2 kept everything by default.
fn locate_folder(
    uri: &str,
    path: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Place, StoreError> {
    let setting = |failure| StoreError::from_failure(uri, failure);
    let workspace = mlflow::workspace(environment).map_err(setting)?;
    if workspace.is_some_and(|workspace| workspace != DEFAULT_WORKSPACE) {
        return Err(unsupported(
            uri,
            "a folder of files has no workspaces: unset MLFLOW_WORKSPACE",
        ));
    }
    if path.is_file() {
        return Err(unsupported(
            uri,
            "this is a file; a SQLite store is written `sqlite:///mlflow.db`",
        ));
    }
    Ok(Place::Folder(path.to_owned()))
}

/// Whether the URI has no scheme and is not a name that MLflow has a meaning for.
fn is_path(uri: &str, scheme: &str) -> bool {
    match scheme {
        "" => !matches!(uri.trim(), "" | "databricks" | "databricks-uc" | "uc"),
        drive => drive.len() == 1,
    }
}

/// The path in a `file:` URI, which is encoded.
fn file_path(uri: &str, rest: &str) -> Result<String, StoreError> {
    if rest.contains(['?', '#']) {
        return Err(unsupported(
            &shown("file", rest),
            "leave out everything from the `?` or `#` on",
        ));
    }
    let path = match rest.strip_prefix("//") {
        None => rest,
        Some(rest) => match rest.strip_prefix("localhost").unwrap_or(rest) {
            path if path.starts_with('/') => path,
            _ => {
                return Err(unsupported(
                    &shown("file", rest),
                    "write three slashes before an absolute path, `file:///srv/mlruns`, and none before a relative one, `file:mlruns`",
                ));
            }
        },
    };
    if path.is_empty() {
        return Err(unsupported(uri, "name the folder: `file:///srv/mlruns`"));
    }
    percent_decode_str(path)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| unsupported(uri, "the path is not UTF-8"))
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
        "databricks" | "databricks-uc" => {
            "write `databricks` or `databricks-uc`, or name a profile of ~/.databrickscfg: `databricks-uc://profile`".to_owned()
        }
        "uc" => {
            "an open-source Unity Catalog is not read by this version; the one of Databricks is `databricks-uc`".to_owned()
        }
        _ if uri.starts_with("databricks") => advice("", "databricks"),
        _ if uri.is_empty() => {
            "set `mlflow.tracking_uri`, for example to `sqlite:///mlflow.db` or `https://mlflow.example.com`".to_owned()
        }
        _ => {
            "use `sqlite:///path/to/mlflow.db`, the path of a folder such as `./mlruns`, or the http address of a tracking server".to_owned()
        }
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
