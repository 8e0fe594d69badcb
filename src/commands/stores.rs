//! The stores that a judgement reads.

use std::path::Path;

use crate::console::Environment;
use crate::error::Error;
use crate::observer::Observer;
use crate::spec::model::DEFAULT_TRACKING_URI;
use crate::spec::{Mlflow, Setting};
use crate::store::{self, Store};

/// The stores that are read: mostly one, for runs and for versions.
pub(super) struct Stores {
    pub(super) tracking: Opened,
    separate_registry: Option<Opened>,
}

/// A store, and what reports call it.
pub(super) struct Opened {
    pub(super) store: Box<dyn Store>,
    /// Its URI, credentials and all: never shown.
    pub(super) uri: String,
    pub(super) shown: String,
}

impl Opened {
    fn open(
        uri: &str,
        folder: &Path,
        environment: &Environment,
        observer: &Observer,
    ) -> Result<Self, Error> {
        let store = store::open_observed(uri, folder, &environment.lookup(), observer)?;
        // A file is recorded as the spec has it: where the checkout is differs between machines.
        let is_file = uri.starts_with("sqlite");
        let shown = if is_file {
            uri.to_owned()
        } else {
            store.location().to_owned()
        };
        let shown = environment.conceal(&shown);
        Ok(Self {
            store,
            uri: uri.to_owned(),
            shown,
        })
    }
}

impl Stores {
    pub(super) fn open(
        mlflow: &Mlflow,
        named: Option<&str>,
        folder: &Path,
        environment: &Environment,
        observer: &Observer,
    ) -> Result<Self, Error> {
        let (tracking, registry) = uris(mlflow, named, environment)?;
        Ok(Self {
            tracking: Opened::open(&tracking, folder, environment, observer)?,
            separate_registry: registry
                .map(|uri| Opened::open(&uri, folder, environment, observer))
                .transpose()?,
        })
    }

    pub(super) fn registry(&self) -> &Opened {
        self.separate_registry.as_ref().unwrap_or(&self.tracking)
    }
}

/// The URIs of the tracking store, and of the registry where it is another one, credentials and all.
///
/// # Errors
/// When the spec refers to a variable that is not set.
pub(super) fn uris(
    mlflow: &Mlflow,
    named: Option<&str>,
    environment: &Environment,
) -> Result<(String, Option<String>), Error> {
    let lookup = environment.lookup();
    let resolve = |setting: &Setting| {
        setting.resolve(&lookup).map_err(|name| {
            Error::usage(
                format!("the environment variable `{name}` is not set, and the spec refers to it"),
                format!("set {name}, or name the store with `--tracking-uri`"),
            )
        })
    };
    let tracking = match (named, &mlflow.tracking_uri) {
        (Some(uri), _) => uri.to_owned(),
        (None, Some(setting)) => resolve(setting)?,
        (None, None) => {
            lookup("MLFLOW_TRACKING_URI").unwrap_or_else(|| DEFAULT_TRACKING_URI.to_owned())
        }
    };
    // MLflow's own order: what was said, then the environment, then what follows from the
    // tracking store. `--tracking-uri` names the one place for everything.
    let registry = match (named, &mlflow.registry_uri) {
        (Some(_), _) => None,
        (None, Some(setting)) => Some(resolve(setting)?),
        (None, None) => lookup("MLFLOW_REGISTRY_URI").filter(|uri| !uri.is_empty()),
    };
    Ok(together(tracking, registry))
}

/// The tracking store, and the registry where it is another one.
///
/// The registry that belongs to `databricks` is Unity Catalog, as in MLflow 3
/// (`_get_default_registry_uri_for_tracking_uri`), and one store reads both of one workspace: it
/// signs in once.
fn together(tracking: String, registry: Option<String>) -> (String, Option<String>) {
    let profile = match tracking.as_str() {
        "databricks" => Some(""),
        other => other
            .strip_prefix("databricks")
            .filter(|rest| rest.starts_with("://")),
    };
    let catalog = profile.map(|profile| format!("databricks-uc{profile}"));
    match (registry, catalog) {
        (None, Some(catalog)) => (catalog, None),
        (Some(registry), Some(catalog)) if registry == catalog => (catalog, None),
        (registry, _) => {
            let registry = registry.filter(|uri| *uri != tracking);
            (tracking, registry)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn the_registry_of_databricks_is_unity_catalog_unless_another_is_named() {
        let both = |tracking: &str, registry: Option<&str>| {
            together(tracking.to_owned(), registry.map(str::to_owned))
        };
        let one = |uri: &str| (uri.to_owned(), None);
        let catalog = Some("databricks-uc");
        assert_eq!(both("databricks", None), one("databricks-uc"));
        assert_eq!(both("databricks", catalog), one("databricks-uc"));
        assert_eq!(both("databricks://a", None), one("databricks-uc://a"));
        assert_eq!(both("databricks", Some("databricks")), one("databricks"));
        assert_eq!(
            both("databricks://a", catalog),
            ("databricks://a".to_owned(), catalog.map(str::to_owned))
        );
        assert_eq!(
            both("http://h", catalog),
            ("http://h".to_owned(), catalog.map(str::to_owned))
        );
        assert_eq!(both("http://h", Some("http://h")), one("http://h"));
        assert_eq!(both("sqlite:///a", None), one("sqlite:///a"));
    }
}
