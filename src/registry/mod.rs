//! The writing door to MLflow: aliases and tags, by compare-and-set.
//!
//! The one decision here: whoever writes says what it expects to find. Where something else is
//! found nothing is written, or what was written is known not to count: there is no silent
//! overwrite.

mod compare;
mod copy;
mod error;
mod names;
mod open;
mod rest;
mod sqlite;

pub use copy::COPIED_TAG;
pub use error::RegistryError;
pub use open::{open, open_observed};
pub use rest::LEASE_TAG;

use crate::promotion::Head;

/// A move of an alias, together with its entry in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The registered model.
    pub model: String,
    /// The alias.
    pub alias: String,
    /// The version that the alias points to before; `None` for an alias that does not exist.
    pub expected: Option<u64>,
    /// The version that it points to afterwards.
    pub version: u64,
    /// The last entry of the ledger before; `None` for an empty one.
    pub expected_head: Option<Head>,
    /// The name of the tag that the version gets.
    pub tag: String,
    /// The tag's text, on one line.
    pub entry: String,
    /// The last entry of the ledger afterwards.
    pub head: Head,
}

/// How a move ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was done now.
    Now,
    /// It had been done before, by a process that did not live to say so: exactly this entry is the
    /// last of the ledger and the alias points where it should.
    Before,
}

/// Something that can change what is live.
///
/// A registry is opened for one change. The store that was read before has to be dropped by then:
/// a SQLite file that is being read cannot be written.
pub trait Registry {
    /// Where it is, for people: a path or a URL, without credentials.
    fn location(&self) -> &str;

    /// Moves an alias and writes the entry and the head, if everything is as expected.
    ///
    /// # Errors
    /// [`RegistryError::Conflict`] when the alias or the version is not as expected,
    /// [`RegistryError::LedgerMoved`] when only the ledger is not (another alias of the model was
    /// promoted meanwhile, or a process died over an entry): read it again, and try again. Every
    /// other variant when the change was not carried out, or could not be seen to be.
    fn apply(&self, change: &Change) -> Result<Applied, RegistryError>;

    /// Copies a version, of this registry, to a (possibly new) version of another model, as MLflow's
    /// `copy_model_version` does, and returns its number. Tags of the ledger are not copied; the
    /// tag [`COPIED_TAG`] names the original. An existing copy with that tag is returned.
    ///
    /// Over REST two processes at once may each make a copy, as MLflow's own function would; both
    /// say where they are from, and the one with the lower number is returned from then on.
    ///
    /// # Errors
    /// [`RegistryError::Conflict`] when there is no such version or it is not ready,
    /// [`RegistryError::Unsupported`] for a prompt, and for a Unity Catalog that holds no copy yet:
    /// there the files have to be copied too, which MLflow does through this machine.
    fn copy_version(&self, from: (&str, u64), to_model: &str) -> Result<u64, RegistryError>;

    /// Sets a tag of a version, whatever it was before.
    ///
    /// # Errors
    /// When the version does not exist or the registry refused.
    fn set_version_tag(
        &self,
        model: &str,
        version: u64,
        tag: &str,
        value: &str,
    ) -> Result<(), RegistryError>;

    /// Removes a tag of a version; one that is not there is no error.
    ///
    /// # Errors
    /// When the registry refused.
    fn delete_version_tag(&self, model: &str, version: u64, tag: &str)
    -> Result<(), RegistryError>;
}
