//! The stores of Databricks: a workspace with its runs, and one of two registries.
//!
//! The one decision here: `databricks` is the workspace's own registry and `databricks-uc` is Unity
//! Catalog, as in MLflow; runs are those of the workspace for both.

use super::rest::{Registry, RestStore};
use crate::mlflow::{Client, Failure, Settings, Workspace};

/// A URI of Databricks, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DatabricksUri<'u> {
    registry: Registry,
    profile: Option<&'u str>,
}

impl<'u> DatabricksUri<'u> {
    /// Reads `databricks`, `databricks-uc`, and both with `://profile`: a profile of
    /// `~/.databrickscfg`. A key after the profile (`://scope:prefix`) would be a secret in a
    /// Databricks notebook, and is none here.
    pub(super) fn parse(uri: &'u str) -> Option<Self> {
        let (kind, profile) = match uri.trim().split_once("://") {
            Some((kind, profile)) => (kind, Some(profile.trim_end_matches('/'))),
            None => (uri.trim(), None),
        };
        let registry = match kind {
            "databricks" => Registry::Workspace,
            "databricks-uc" => Registry::UnityCatalog,
            _ => return None,
        };
        let is_name =
            |profile: &str| !profile.is_empty() && !profile.contains([':', '/', '?', '#']);
        profile
            .is_none_or(is_name)
            .then_some(Self { registry, profile })
    }

    /// The store. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Failure::Setting`] for what is missing or cannot be used.
    pub(super) fn open(
        self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<RestStore, Failure> {
        let Workspace { address, sign_in } = Workspace::find(self.profile, environment)?;
        let settings = Settings::databricks(sign_in, environment)?;
        let client = Client::new(address, settings);
        Ok(RestStore::new(client, self.registry))
    }
}
