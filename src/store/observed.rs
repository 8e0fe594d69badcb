//! A store that tells an observer what it is asked for.
//!
//! The one decision here: it is told before the store is asked, so that the last line names what a
//! store does not answer. It is the same for every kind of store.

use super::{Selector, Store, StoreError};
use crate::evidence::{Found, Ledger, ModelVersion, Wanted};
use crate::observer::Observer;

/// A store and who is told of it.
pub(super) struct Observed {
    pub(super) store: Box<dyn Store>,
    pub(super) observer: Observer,
}

impl Observed {
    fn tell(&self, what: &str) {
        self.observer.detail(|| format!("reading {what}"));
    }
}

impl Store for Observed {
    fn location(&self) -> &str {
        self.store.location()
    }

    fn versions(
        &self,
        model: &str,
        selectors: &[Selector],
    ) -> Result<Vec<Option<ModelVersion>>, StoreError> {
        for selector in selectors {
            let which = match selector {
                Selector::Alias(alias) => format!("the version with the alias `{alias}`"),
                Selector::Number(number) => format!("version {number}"),
                Selector::Newest { tag, value } => {
                    format!("the newest version with the tag {tag}={value}")
                }
            };
            self.tell(&format!("{which} of `{model}`"));
        }
        self.store.versions(model, selectors)
    }

    fn ledger(&self, model: &str) -> Result<Ledger, StoreError> {
        self.tell(&format!("the ledger of `{model}`"));
        self.store.ledger(model)
    }

    fn read(&self, wanted: &Wanted) -> Result<Found, StoreError> {
        for run in &wanted.runs {
            self.tell(&format!("run {run}"));
        }
        for model in &wanted.logged_models {
            self.tell(&format!("logged model {model}"));
        }
        for (run, metrics) in &wanted.histories {
            let metrics: Vec<_> = metrics.iter().map(String::as_str).collect();
            self.tell(&format!(
                "every value of {} in run {run}",
                metrics.join(", ")
            ));
        }
        for run in &wanted.children_of {
            self.tell(&format!("the child runs of run {run}"));
        }
        for run in &wanted.assessments_of {
            self.tell(&format!("what judges said in run {run}"));
        }
        self.store.read(wanted)
    }
}
