//! From a tracking URI to the registry behind it, as the reading door reads the URI.

use std::path::Path;

use super::rest::RestRegistry;
use super::sqlite::SqliteRegistry;
use super::{Registry, RegistryError};
use crate::observer::Observer;
use crate::store::rest::Registry as Kind;
use crate::store::{self, Place};

/// Opens the registry at a URI as [`store::open`] does; a relative path is below `base`.
///
/// A SQLite file is opened here; a server is first spoken to by the first change. A registry is
/// for one change, and the store that was read before has to be dropped by then.
///
/// # Errors
/// [`RegistryError::Unsupported`] for a registry without aliases, and as [`store::open`].
pub fn open(
    uri: &str,
    base: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Box<dyn Registry>, RegistryError> {
    open_observed(uri, base, environment, &Observer::nobody())
}

/// Opens a registry as [`open`] does, and tells somebody of every request to it.
///
/// # Errors
/// As [`open`].
pub fn open_observed(
    uri: &str,
    base: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
    observer: &Observer,
) -> Result<Box<dyn Registry>, RegistryError> {
    match store::locate(uri, base, environment)? {
        Place::Sqlite(file) => {
            observer.note(|| format!("changing the SQLite file {}", file.path.display()));
            Ok(Box::new(SqliteRegistry::open(file)?))
        }
        Place::Server(server) if server.kind() == Kind::Workspace => {
            Err(RegistryError::Unsupported {
                what: "move an alias: the workspace registry of Databricks has none".to_owned(),
                help: "use Unity Catalog: set `mlflow.registry_uri` to `databricks-uc`".to_owned(),
            })
        }
        Place::Server(server) => {
            let server = server.observed(observer);
            Ok(Box::new(RestRegistry::new(server, environment)?))
        }
        Place::Folder(_) => Err(RegistryError::Unsupported {
            what: "be changed: it is a folder of files".to_owned(),
            help: "MLflow stopped writing folders with 3.13: move it into a database with \
                   `mlflow migrate-filestore`, or run an MLflow server"
                .to_owned(),
        }),
    }
}
