//! The stores that a judgement reads.

use std::path::Path;

use crate::console::Console;
use crate::error::Error;
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
    pub(super) shown: String,
}

impl Opened {
    fn open(uri: &str, folder: &Path, console: &Console<'_>) -> Result<Self, Error> {
        let store = store::open(uri, folder, &console.environment.lookup())?;
        // A file is recorded as the spec has it: where the checkout is differs between machines.
        let is_file = uri.starts_with("sqlite");
        let shown = if is_file {
            uri.to_owned()
        } else {
            store.location().to_owned()
        };
        Ok(Self { store, shown })
    }
}

impl Stores {
    pub(super) fn open(
        mlflow: &Mlflow,
        named: Option<&str>,
        folder: &Path,
        console: &Console<'_>,
    ) -> Result<Self, Error> {
        let lookup = console.environment.lookup();
        let resolve = |setting: &Setting| {
            setting.resolve(&lookup).map_err(|name| {
                Error::usage(
                    format!(
                        "the environment variable `{name}` is not set, and the spec refers to it"
                    ),
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
        let registry = match (named, &mlflow.registry_uri) {
            (None, Some(setting)) => Some(resolve(setting)?).filter(|uri| *uri != tracking),
            _ => None,
        };
        Ok(Self {
            tracking: Opened::open(&tracking, folder, console)?,
            separate_registry: registry
                .map(|uri| Opened::open(&uri, folder, console))
                .transpose()?,
        })
    }

    pub(super) fn registry(&self) -> &Opened {
        self.separate_registry.as_ref().unwrap_or(&self.tracking)
    }
}
