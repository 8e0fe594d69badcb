//! What a gate has to look at: which other versions, and what of each.
//!
//! The one decision here: a gate asks for what its checks need and for nothing else, so that a
//! simple gate stays as fast as a simple question.

use std::collections::BTreeSet;

use super::check::Gate;
use super::judge;
use super::rule::{ReadFrom, Rule, Samples, Step, Threshold};
use crate::evidence::Reference;

/// The path of the file that holds a model's signature, below the model.
pub const MODEL_FILE: &str = "MLmodel";

/// What a gate has to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    /// The other versions and runs that its checks name.
    pub references: BTreeSet<Reference>,
    /// The other versions whose signature is compared.
    pub signatures_of: BTreeSet<Reference>,
    /// Metrics of which every logged value counts.
    pub histories: BTreeSet<String>,
    /// Runs that are named as the place of a metric.
    pub named_runs: BTreeSet<String>,
    /// Metrics whose later evaluations, on the logged model, are looked at with their runs.
    pub evaluations: BTreeSet<String>,
    /// What the names of metrics on slices begin with: their later evaluations are looked at as well.
    pub slices: BTreeSet<String>,
    /// Whether every later evaluation is looked at, whatever its metric.
    pub all_evaluations: bool,
    /// Whether the child runs are looked at.
    pub children: bool,
    /// Whether the judges' answers are looked at.
    pub assessments: bool,
    /// Logged tables, by their path in the run.
    pub tables: BTreeSet<String>,
    /// Files of other tools, by their path from the spec.
    pub imports: BTreeSet<String>,
}

impl Need {
    /// What `gate` has to look at. The champion is always looked up: a judgement says whom it
    /// would replace.
    #[must_use]
    pub fn of(gate: &Gate) -> Self {
        let mut need = Self::default();
        need.references.insert(Reference::Champion);
        need.place(&gate.from);
        for check in &gate.checks {
            need.rule(&check.rule);
            let sliced = sliced(&check.rule).into_iter();
            let prefix = |metric| judge::slice_prefix(&gate.slice_pattern, metric);
            need.slices.extend(sliced.filter_map(prefix));
        }
        need
    }

    /// Whether it matters which run evaluated the logged model later for this metric.
    #[must_use]
    pub fn wants_evaluation(&self, metric: &str) -> bool {
        self.all_evaluations
            || self.evaluations.contains(metric)
            || self.slices.iter().any(|prefix| metric.starts_with(prefix))
    }

    fn rule(&mut self, rule: &Rule) {
        match rule {
            Rule::Metric(rule) => {
                self.evaluations.insert(rule.metric.clone());
                if let Threshold::Relative { reference, .. } = &rule.threshold {
                    self.references.insert(reference.clone());
                }
                // The mean of a judge's answers is only as good as its coverage.
                self.assessments |= judge::is_aggregate(&rule.metric);
                if rule.step != Step::Latest {
                    self.histories.insert(rule.metric.clone());
                }
                rule.from.iter().for_each(|from| self.place(from));
            }
            Rule::Slices(rule) => {
                rule.from.iter().for_each(|from| self.place(from));
                self.tables
                    .extend(rule.table.iter().map(|table| table.path.clone()));
            }
            Rule::Signature(rule) => {
                self.references.insert(rule.against.clone());
                self.signatures_of.insert(rule.against.clone());
            }
            Rule::Dataset(reference) => drop(self.references.insert(reference.clone())),
            Rule::Scorers(reference) => {
                self.references.insert(reference.clone());
                self.all_evaluations = true;
                self.assessments = true;
            }
            Rule::Coverage(rule) => {
                self.evaluations.insert(mean_of(&rule.judge));
                self.assessments = true;
            }
            Rule::Test(rule) => {
                self.references.insert(rule.against.clone());
                self.samples(&rule.metric, &rule.samples);
            }
            Rule::Import(rule) => drop(self.imports.insert(rule.path.clone())),
            Rule::Age(_) | Rule::Tag(_) | Rule::Param(_) => {}
        }
    }

    fn samples(&mut self, metric: &str, samples: &Samples) {
        match samples {
            Samples::Rows(table) => {
                self.tables.insert(table.path.clone());
            }
            Samples::Judge => {
                self.evaluations.insert(mean_of(metric));
                self.assessments = true;
            }
            Samples::Runs { .. } => self.children = true,
            Samples::History => {
                self.histories.insert(metric.to_owned());
            }
        }
    }

    fn place(&mut self, from: &ReadFrom) {
        if let ReadFrom::NamedRun(id) = from {
            self.named_runs.insert(id.clone());
        }
    }
}

/// The metrics that a rule looks for on slices by their names.
fn sliced(rule: &Rule) -> Vec<&str> {
    match rule {
        Rule::Metric(rule) if !rule.slice.is_empty() => vec![&rule.metric],
        Rule::Slices(rule) if rule.table.is_none() => vec![&rule.metric, &rule.count],
        _ => Vec::new(),
    }
}

/// The metric that MLflow makes of a judge's answers.
fn mean_of(judge: &str) -> String {
    if judge.ends_with("/mean") {
        judge.to_owned()
    } else {
        format!("{judge}/mean")
    }
}
