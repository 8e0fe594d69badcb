//! A copy of a version over REST: the requests of MLflow's `copy_model_version`.
//!
//! The one decision here: a version that was asked for without an answer is looked for and not
//! asked for again. Tags come with the version, so there is no copy that does not say so.

use super::registry::RestRegistry;
use super::write::Wish;
use crate::mlflow::{NewVersion, Order};
use crate::registry::{RegistryError, compare, copy};
use crate::store::StoreError;
use crate::store::rest::{Registry as Kind, catalog_name};

impl RestRegistry {
    /// Copies a version, or finds the copy that is there.
    ///
    /// # Errors
    /// As [`crate::registry::Registry::copy_version`].
    pub(super) fn copy(&self, from: (&str, u64), to_model: &str) -> Result<u64, RegistryError> {
        self.server.finish_by(None);
        let original = self.server.original(from.0, from.1)?;
        let (original, status) = original.ok_or_else(|| compare::absent(from.0, from.1))?;
        compare::require_ready(from.0, from.1, status.as_deref())?;
        copy::check(from, to_model, &original.tags)?;
        let address = copy::address(from);
        match self.copy_in(to_model, &address) {
            Ok(Some(copy)) => return Ok(copy),
            Ok(None) => self.require_copying(&address, to_model)?,
            Err(RegistryError::Store(StoreError::ModelNotFound { .. })) => {
                self.require_copying(&address, to_model)?;
                self.register(to_model)?;
            }
            Err(error) => return Err(error),
        }
        let copy = NewVersion {
            source: address.clone(),
            tags: copy::tags(original.tags, &address),
            ..original
        };
        let endpoint = self.endpoint("model-versions/create");
        self.write(&Wish {
            orders: vec![Order::create_version(&endpoint, to_model, &copy)],
            is_there: &|| Ok(self.copy_in(to_model, &address)?.is_some()),
            may_repeat: &|| Ok(false),
        })?;
        let found = self.copy_in(to_model, &address)?;
        found.ok_or_else(|| RegistryError::Lost {
            found: format!("`{to_model}` has no version that is a copy of {address}"),
        })
    }

    /// The copy that a model holds.
    fn copy_in(&self, model: &str, address: &str) -> Result<Option<u64>, RegistryError> {
        // That the model exists is not what an empty list of versions says.
        self.model(model)?;
        let versions = self.server.all_versions(model)?;
        let with_source = self.server.kind() == Kind::Server;
        Ok(copy::find(&versions, address, with_source))
    }

    /// Makes the registered model.
    fn register(&self, model: &str) -> Result<(), RegistryError> {
        let endpoint = self.endpoint("registered-models/create");
        self.write(&Wish {
            orders: vec![Order::create_model(&endpoint, model)],
            // Whoever else made it: it is there.
            is_there: &|| Ok(self.model(model).is_ok()),
            may_repeat: &|| Ok(true),
        })
    }

    /// In Unity Catalog a version owns its files: they have to be downloaded, and uploaded again
    /// with credentials for the new version's folder.
    fn require_copying(&self, address: &str, to_model: &str) -> Result<(), RegistryError> {
        if self.server.kind() == Kind::Server {
            return Ok(());
        }
        Err(RegistryError::Unsupported {
            what: format!("copy {address} to `{to_model}`: its files have to be copied too"),
            help: format!(
                "copy it with MLflow (`MlflowClient().copy_model_version`), set the tag \
                 `{}` of the copy to `{address}`, and promote again",
                catalog_name(copy::COPIED_TAG)
            ),
        })
    }
}
