//! Where a rollout is remembered: a tag of the version that is rolled out.

use std::path::Path;

use crate::console::Environment;
use crate::observer::Observer;
use crate::registry::{self, RegistryError};
use crate::rollout::State;

/// The registry, by the words that open it: it is opened for one change at a time.
pub(super) struct Memory<'a> {
    /// Its URI, credentials and all: never shown.
    pub(super) uri: String,
    /// The folder that a relative path is below.
    pub(super) folder: &'a Path,
    /// The environment variables.
    pub(super) environment: &'a Environment,
    /// Who is told of every request.
    pub(super) observer: &'a Observer,
    /// The registered model.
    pub(super) model: &'a str,
}

impl Memory<'_> {
    /// Writes a state down.
    pub(super) fn save(&self, state: &State) -> Result<(), RegistryError> {
        let lookup = self.environment.lookup();
        let registry = registry::open_observed(&self.uri, self.folder, &lookup, self.observer)?;
        let tag = State::tag(&state.endpoint);
        registry.set_version_tag(self.model, state.to.version, &tag, &state.text())
    }
}
