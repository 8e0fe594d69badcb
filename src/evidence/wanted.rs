//! What a gate asks a store for, in one batch, and what the store answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Assessments, LoggedModel, Metric, Run};

/// What to read. A store answers the independent parts at the same time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Runs, by id, with their latest metrics, params, tags and data sets.
    pub runs: BTreeSet<String>,
    /// Logged models, by id.
    pub logged_models: BTreeSet<String>,
    /// Every logged value of some metrics of a run, by run id.
    pub histories: BTreeMap<String, BTreeSet<String>>,
    /// Runs whose child runs are wanted.
    pub children_of: BTreeSet<String>,
    /// Runs whose judges' answers are wanted.
    pub assessments_of: BTreeSet<String>,
}

impl Wanted {
    /// The runs that something besides the run itself is wanted of. They have to exist, too.
    pub fn of_runs(&self) -> impl Iterator<Item = &String> {
        self.histories
            .keys()
            .chain(&self.children_of)
            .chain(&self.assessments_of)
    }
}

/// What was read: exactly what was wanted, all of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The runs, by id.
    pub runs: BTreeMap<String, Run>,
    /// The logged models, by id.
    pub logged_models: BTreeMap<String, LoggedModel>,
    /// The values, by run id and metric name, in the order of step, then timestamp. A metric that
    /// was never logged has an empty list.
    pub histories: BTreeMap<String, BTreeMap<String, Vec<Metric>>>,
    /// The child runs that are not deleted, by the id of their parent, in the order of their ids.
    pub children: BTreeMap<String, Vec<Run>>,
    /// What judges said, by the id of the evaluation run.
    pub assessments: BTreeMap<String, Assessments>,
}
