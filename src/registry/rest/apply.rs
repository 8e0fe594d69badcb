//! A change over REST: lease, entry, head, alias, everything read back, lease released.
//!
//! The one decision here: each step is preceded by a look that everything is as the steps before
//! left it. Where it is not, the change begins again from what is there: every write of it is the
//! same text, so that nothing is written twice.

use super::lease::{Lease, Queue, SEVERAL};
use super::registry::RestRegistry;
use super::write::Wish;
use crate::evidence::HEAD_TAG;
use crate::mlflow::Order;
use crate::registry::compare::{self, Found, Missing};
use crate::registry::{Applied, Change, RegistryError};
use crate::store::rest::{Registered, Registry as Kind};

/// How often a change begins again because its lease was lost.
const MOST_ROUNDS: u32 = 5;

/// What of a change this process has written.
#[derive(Debug, Clone, Copy, Default)]
struct Wrote {
    entry: bool,
    head: bool,
    alias: bool,
}

/// How far a change got under one lease.
enum Step {
    Done,
    /// Something is not as the steps before left it.
    Disturbed,
}

impl RestRegistry {
    /// Carries a change out.
    ///
    /// # Errors
    /// As [`crate::registry::Registry::apply`].
    pub(super) fn carry_out(&self, change: &Change) -> Result<Applied, RegistryError> {
        let mut wrote = Wrote::default();
        let mut queue = Queue::begin(self.settings.settle);
        for _ in 0..MOST_ROUNDS {
            let lease = self.lease(change, &mut queue);
            let lease = lease.map_err(|error| self.after(error, change, wrote))?;
            let step = self.under(&lease, change, &mut wrote);
            match step {
                Ok(Step::Disturbed) => self.release(change, &lease),
                Ok(Step::Done) => {
                    self.release(change, &lease);
                    return Ok(wrote.told());
                }
                // A write that nobody answered may still arrive: the lease stays, and keeps others
                // away until it is given up.
                Err(error) if self.unclear.get() => return Err(error),
                Err(error) => {
                    let error = self.after(error, change, wrote);
                    self.release(change, &lease);
                    return Err(error);
                }
            }
        }
        let holder = SEVERAL.to_owned();
        Err(self.after(RegistryError::Busy { holder }, change, wrote))
    }

    /// Everything that is done under the lease.
    fn under(
        &self,
        lease: &Lease,
        change: &Change,
        wrote: &mut Wrote,
    ) -> Result<Step, RegistryError> {
        self.server.finish_by(Some(lease.end));
        let (model, found) = self.found(change)?;
        if !lease.is_in(&model) {
            return Ok(Step::Disturbed);
        }
        let missing = compare::compare(change, &found)?;
        if missing.is_nothing() {
            return Ok(Step::Done);
        }
        if !self.write_all(lease, change, (missing, found), wrote)? {
            return Ok(Step::Disturbed);
        }
        self.server.finish_by(None);
        let (_, found) = self.found(change)?;
        match compare::compare(change, &found) {
            Ok(missing) if missing.is_nothing() => Ok(Step::Done),
            _ => Err(lost(change, &found)),
        }
    }

    /// Writes what is missing; `false` as soon as something is not as it was left.
    fn write_all(
        &self,
        lease: &Lease,
        change: &Change,
        (missing, found): (Missing, Found),
        wrote: &mut Wrote,
    ) -> Result<bool, RegistryError> {
        if missing.entry {
            let carried_out = self.write_entry(lease, change);
            wrote.entry |= self.may_be_there(&carried_out);
            if !carried_out? {
                return Ok(false);
            }
        }
        if missing.head {
            if !self.is_undisturbed(lease, change, found.head.as_deref())? {
                return Ok(false);
            }
            let carried_out = self.write_head(lease, change);
            wrote.head |= self.may_be_there(&carried_out);
            if !carried_out? {
                return Ok(false);
            }
        }
        if !self.is_undisturbed(lease, change, Some(&change.head.text()))? {
            return Ok(false);
        }
        let carried_out = self.write_alias(lease, change);
        wrote.alias |= self.may_be_there(&carried_out);
        carried_out
    }

    /// Whether what was written may be there: it is, or nobody knows. What was refused is not.
    fn may_be_there(&self, carried_out: &Result<bool, RegistryError>) -> bool {
        self.unclear.get() || matches!(carried_out, Ok(true))
    }

    /// Whether a write was carried out; `false` where it was refused because the lease is lost. Of
    /// two that make a tag or an alias at once MLflow's database refuses one: what the other made
    /// says more than the refusal.
    ///
    /// # Errors
    /// What is there now and was not expected, or else why it was not carried out.
    fn is_carried_out(
        &self,
        written: Result<(), RegistryError>,
        lease: &Lease,
        change: &Change,
    ) -> Result<bool, RegistryError> {
        let Err(refused) = written else {
            return Ok(true);
        };
        if self.unclear.get() {
            return Err(refused);
        }
        let Ok((model, found)) = self.found(change) else {
            return Err(refused);
        };
        if !lease.is_in(&model) {
            return Ok(false);
        }
        compare::compare(change, &found)?;
        Err(refused)
    }

    /// What is there, of everything that the change is about.
    fn found(&self, change: &Change) -> Result<(Registered, Found), RegistryError> {
        let model = self.model(&change.model)?;
        let versions = self.server.all_versions(&change.model)?;
        let version = versions.iter().find(|one| one.number == change.version);
        let version = version.ok_or_else(|| compare::absent(&change.model, change.version))?;
        compare::require_ready(&change.model, change.version, version.status.as_deref())?;
        let has_tag =
            |tags: &std::collections::BTreeMap<String, String>| tags.contains_key(&change.tag);
        let elsewhere = versions
            .iter()
            .find(|one| one.number != change.version && has_tag(&one.tags));
        let found = Found {
            alias: self.alias_in(&model, &change.alias),
            head: model.tags.get(HEAD_TAG).cloned(),
            entry: version.tags.get(&change.tag).cloned(),
            elsewhere: elsewhere.map(|version| version.number),
        };
        Ok((model, found))
    }

    /// The version that an alias points to. Unity Catalog does not tell cases of letters apart.
    pub(super) fn alias_in(&self, model: &Registered, alias: &str) -> Option<u64> {
        let alias = match self.server.kind() {
            Kind::UnityCatalog => alias.to_ascii_lowercase(),
            Kind::Server | Kind::Workspace => alias.to_owned(),
        };
        model.aliases.get(&alias).copied()
    }

    /// Whether the lease is ours, the head is `head`, and the alias is where it was.
    fn is_undisturbed(
        &self,
        lease: &Lease,
        change: &Change,
        head: Option<&str>,
    ) -> Result<bool, RegistryError> {
        let model = self.model(&change.model)?;
        Ok(lease.is_fresh()
            && lease.is_in(&model)
            && model.tags.get(HEAD_TAG).map(String::as_str) == head
            && self.alias_in(&model, &change.alias) == change.expected)
    }

    fn write_entry(&self, lease: &Lease, change: &Change) -> Result<bool, RegistryError> {
        let about = (change.model.as_str(), change.version);
        let is_there =
            || Ok(self.tag_of(about, &change.tag)?.as_deref() == Some(change.entry.as_str()));
        let written = self.write(&Wish {
            orders: self.version_tag(about, &change.tag, &change.entry),
            is_there: &is_there,
            may_repeat: &|| Ok(lease.is_fresh() && lease.is_in(&self.model(&change.model)?)),
        });
        self.is_carried_out(written, lease, change)
    }

    fn write_head(&self, lease: &Lease, change: &Change) -> Result<bool, RegistryError> {
        let text = change.head.text();
        let written = self.write(&Wish {
            orders: self.model_tag(&change.model, HEAD_TAG, &text),
            is_there: &|| Ok(self.model(&change.model)?.tags.get(HEAD_TAG) == Some(&text)),
            may_repeat: &|| Ok(lease.is_fresh() && lease.is_in(&self.model(&change.model)?)),
        });
        self.is_carried_out(written, lease, change)
    }

    fn write_alias(&self, lease: &Lease, change: &Change) -> Result<bool, RegistryError> {
        let endpoint = self.endpoint("registered-models/alias");
        let (model, alias) = (&change.model, &change.alias);
        let is_there = || {
            let now = self.alias_in(&self.model(model)?, alias);
            Ok(now == Some(change.version))
        };
        let written = self.write(&Wish {
            orders: vec![Order::set_alias(&endpoint, model, alias, change.version)],
            is_there: &is_there,
            may_repeat: &|| self.is_undisturbed(lease, change, Some(&change.head.text())),
        });
        self.is_carried_out(written, lease, change)
    }

    /// What an error means after this process has written something. An entry of ours that no head
    /// counts is taken away again; anything else stays and is told.
    fn after(&self, error: RegistryError, change: &Change, wrote: Wrote) -> RegistryError {
        let (RegistryError::Conflict { found } | RegistryError::LedgerMoved { found }) = &error
        else {
            return error;
        };
        if wrote.head || wrote.alias {
            let left = format!(
                "{found}; and this promotion has written its entry and the head of the ledger"
            );
            return RegistryError::Lost { found: left };
        }
        if !wrote.entry || self.take_entry_away(change).is_ok() {
            return error;
        }
        let left = format!(
            "{found}; and the tag `{}` of version {} is left of this promotion",
            change.tag, change.version
        );
        RegistryError::Lost { found: left }
    }

    fn take_entry_away(&self, change: &Change) -> Result<(), RegistryError> {
        self.server.finish_by(None);
        let about = (change.model.as_str(), change.version);
        let model = self.model(&change.model)?;
        let is_counted = model.tags.get(HEAD_TAG) == Some(&change.head.text());
        let is_ours = self.tag_of(about, &change.tag)?.as_deref() == Some(change.entry.as_str());
        if is_counted || !is_ours {
            return Ok(());
        }
        self.write(&Wish {
            orders: self.no_version_tag(about, &change.tag, &change.entry),
            is_there: &|| Ok(self.tag_of(about, &change.tag)?.is_none()),
            may_repeat: &|| Ok(true),
        })
    }
}

impl Wrote {
    /// Who did it: this process, or one before it.
    fn told(self) -> Applied {
        if self.entry || self.head || self.alias {
            Applied::Now
        } else {
            Applied::Before
        }
    }
}

fn lost(change: &Change, found: &Found) -> RegistryError {
    let alias = found.alias.map_or_else(
        || "does not exist any more".to_owned(),
        |version| format!("points to version {version}"),
    );
    let head = found.head.as_deref().unwrap_or("nothing");
    RegistryError::Lost {
        found: format!(
            "after writing, the alias `{}` of `{}` {alias} and the head of the ledger is {head}; \
             version {} and {} were written",
            change.alias,
            change.model,
            change.version,
            change.head.text()
        ),
    }
}
