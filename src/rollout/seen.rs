//! What an endpoint looks like when somebody asks.

use std::collections::BTreeMap;

use super::Routes;

/// An endpoint at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// How its traffic is divided.
    pub routes: Routes,
    /// The versions of our model that are deployed, by their route.
    pub versions: BTreeMap<String, u64>,
    /// Whether it is being changed.
    pub update: Update,
    /// Whether everything that is deployed answers.
    pub ready: bool,
}

/// Whether an endpoint is being changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Update {
    /// It is not.
    #[default]
    None,
    /// It is.
    Running {
        /// How its traffic will be divided, where the endpoint tells.
        towards: Option<Routes>,
    },
    /// The last change did not succeed; it serves what it served before.
    Failed,
}
