//! The ledger, as a server tells it.
//!
//! The one decision here: aliases and tags are in different answers, and a promotion may take place
//! between them. The model is read before its versions and again after them, until nothing moved.

use std::collections::BTreeMap;

use super::server::RestStore;
use crate::evidence::{HEAD_TAG, Ledger};
use crate::store::StoreError;

/// How often it is read before it is given up.
const TRIES: u32 = 5;

impl RestStore {
    /// The ledger of a model.
    pub(super) fn whole_ledger(&self, model: &str) -> Result<Ledger, StoreError> {
        self.registry
            .check(model)
            .map_err(|failure| self.fail(failure))?;
        let mut before = self.without_entries(model)?;
        for _ in 0..TRIES {
            let versions = self.every(model)?;
            let after = self.without_entries(model)?;
            if before == after {
                return Ok(after.with(versions));
            }
            before = after;
        }
        Err(self.malformed("the aliases changed each time they were read"))
    }

    /// What the model itself holds.
    fn without_entries(&self, model: &str) -> Result<Ledger, StoreError> {
        let found = self.model(model)?;
        let mut aliases = BTreeMap::new();
        for alias in found.aliases {
            let version = u64::try_from(alias.version.0)
                .map_err(|_| self.malformed("an alias points to a negative number"))?;
            if aliases.insert(alias.alias, version).is_some() {
                return Err(self.malformed("the model has two versions of one alias"));
            }
        }
        let mut tags = self.registry_tags(found.tags, "the model")?;
        Ok(Ledger {
            aliases,
            head: tags.remove(HEAD_TAG),
            ..Ledger::default()
        })
    }
}
