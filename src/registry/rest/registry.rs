//! The registry behind an `http` or `https` URI, and Unity Catalog.

use std::cell::Cell;
use std::time::Duration;

use super::settings::Settings;
use super::write::Wish;
use crate::mlflow::{Failure, Order};
use crate::registry::{Applied, Change, Registry, RegistryError};
use crate::registry::{compare, names};
use crate::store::StoreError;
use crate::store::rest::{Registered, Registry as Kind, RestStore, spelled};

/// A server, to be changed.
pub(in crate::registry) struct RestRegistry {
    pub(super) server: RestStore,
    pub(super) settings: Settings,
    /// The slowest write so far: nobody may settle faster than that.
    pub(super) slowest: Cell<Duration>,
    /// Whether there is a write of which nobody knows whether it was, or will be, carried out.
    pub(super) unclear: Cell<bool>,
}

impl RestRegistry {
    /// A registry that was not spoken to yet.
    ///
    /// # Errors
    /// [`StoreError::Setting`] for a setting that cannot be used.
    pub(in crate::registry) fn new(
        server: RestStore,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, StoreError> {
        let settings = Settings::read(environment).map_err(|failure| match failure {
            Failure::Setting { name, reason } => StoreError::Setting { name, reason },
            _ => StoreError::Setting {
                name: "the lease".to_owned(),
                reason: "its settings cannot be read".to_owned(),
            },
        })?;
        Ok(Self {
            server,
            settings,
            slowest: Cell::new(Duration::ZERO),
            unclear: Cell::new(false),
        })
    }

    /// The aliases and tags of a model.
    pub(super) fn model(&self, model: &str) -> Result<Registered, RegistryError> {
        Ok(self.server.registered(model)?)
    }

    /// An endpoint as this registry spells it.
    pub(super) fn endpoint(&self, endpoint: &str) -> String {
        self.server.kind().endpoint(endpoint)
    }

    /// A tag as this registry spells it, in the order of writing.
    fn spelled(&self, tag: &str, value: &str) -> Vec<(String, String)> {
        match self.server.kind() {
            Kind::UnityCatalog => spelled(tag, value),
            Kind::Server | Kind::Workspace => vec![(tag.to_owned(), value.to_owned())],
        }
    }

    /// The orders to set a tag of a version.
    pub(super) fn version_tag(&self, about: (&str, u64), tag: &str, value: &str) -> Vec<Order> {
        let endpoint = self.endpoint("model-versions/set-tag");
        let tags = self.spelled(tag, value).into_iter();
        tags.map(|(tag, value)| Order::set_version_tag(&endpoint, about, &tag, &value))
            .collect()
    }

    /// The orders to remove a tag of a version that has this text: what counts goes first.
    pub(super) fn no_version_tag(&self, about: (&str, u64), tag: &str, value: &str) -> Vec<Order> {
        let endpoint = self.endpoint("model-versions/delete-tag");
        let tags = self.spelled(tag, value).into_iter().rev();
        tags.map(|(tag, _)| Order::delete_version_tag(&endpoint, about, &tag))
            .collect()
    }

    /// The orders to set a tag of a model.
    pub(super) fn model_tag(&self, model: &str, tag: &str, value: &str) -> Vec<Order> {
        let endpoint = self.endpoint("registered-models/set-tag");
        let tags = self.spelled(tag, value).into_iter();
        tags.map(|(tag, value)| Order::set_model_tag(&endpoint, model, &tag, &value))
            .collect()
    }

    /// The orders to remove a tag of a model that has this text.
    pub(super) fn no_model_tag(&self, model: &str, tag: &str, value: &str) -> Vec<Order> {
        let endpoint = self.endpoint("registered-models/delete-tag");
        let tags = self.spelled(tag, value).into_iter().rev();
        tags.map(|(tag, _)| Order::delete_model_tag(&endpoint, model, &tag))
            .collect()
    }

    /// The text of a version's tag; an error where the version does not exist.
    pub(super) fn tag_of(
        &self,
        (model, version): (&str, u64),
        tag: &str,
    ) -> Result<Option<String>, RegistryError> {
        let found = self.server.one_version(model, version)?;
        let found = found.ok_or_else(|| compare::absent(model, version))?;
        Ok(found.tags.get(tag).cloned())
    }
}

impl Registry for RestRegistry {
    fn location(&self) -> &str {
        self.server.url()
    }

    fn apply(&self, change: &Change) -> Result<Applied, RegistryError> {
        names::check(change)?;
        self.carry_out(change)
    }

    fn copy_version(&self, from: (&str, u64), to_model: &str) -> Result<u64, RegistryError> {
        self.copy(from, to_model)
    }

    fn set_version_tag(
        &self,
        model: &str,
        version: u64,
        tag: &str,
        value: &str,
    ) -> Result<(), RegistryError> {
        names::check_tag(tag, value)?;
        self.server.finish_by(None);
        let about = (model, version);
        self.write(&Wish {
            orders: self.version_tag(about, tag, value),
            is_there: &|| Ok(self.tag_of(about, tag)?.as_deref() == Some(value)),
            may_repeat: &|| Ok(true),
        })
    }

    fn delete_version_tag(
        &self,
        model: &str,
        version: u64,
        tag: &str,
    ) -> Result<(), RegistryError> {
        self.server.finish_by(None);
        let about = (model, version);
        // Unlike the database, some servers refuse to remove what is not there.
        let Some(value) = self.tag_of(about, tag)? else {
            return Ok(());
        };
        self.write(&Wish {
            orders: self.no_version_tag(about, tag, &value),
            is_there: &|| Ok(self.tag_of(about, tag)?.is_none()),
            may_repeat: &|| Ok(true),
        })
    }
}
