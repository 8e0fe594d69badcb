//! Everything that is wanted, in as few round trips as its parts allow.
//!
//! The one decision here: what does not depend on another answer goes out at the same time. The
//! first round asks for runs, logged models and histories; the second for what needs a run's
//! experiment; every further one for the next pages of them all.
//!
//! MLflow answers `{}` for the history of a run that does not exist. So the run itself is always
//! asked for as well, and an empty history of a metric that the run has is no answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::history::{self, MOST_POINTS};
use super::judges::Judged;
use super::logged_model::{self, Points};
use super::run::point;
use super::server::{RestStore, is_absent};
use crate::evidence::{Found, LoggedModel, Metric, Run, Wanted};
use crate::mlflow::{Answer, HistoryAnswer, Question, RunsAnswer, TracesAnswer};
use crate::store::{PARENT, StoreError, judged};

/// The most child runs that are read of one run.
const MOST_CHILDREN: usize = 10_000;

/// How much one page holds, so that it stays well below the largest body that is read.
const POINTS_OF_A_PAGE: &str = "25000";
const RUNS_OF_A_PAGE: usize = 200;
const TRACES_OF_A_PAGE: usize = 200;

/// What a question is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Run(String),
    Model { id: String, deleted: bool },
    Points { run: String, metric: String },
    Children { parent: String },
    Traces { run: String },
    ServerVersion,
}

struct Reading<'a> {
    store: &'a RestStore,
    queue: Vec<(Topic, Question)>,
    runs: BTreeMap<String, Run>,
    models: BTreeMap<String, LoggedModel>,
    points: Points,
    children: BTreeMap<String, BTreeMap<String, Run>>,
    judged: BTreeMap<String, Judged>,
    /// Whether an endpoint of MLflow 3 was missing.
    is_old: bool,
}

/// Reads everything that is wanted.
pub(super) fn read(store: &RestStore, wanted: &Wanted) -> Result<Found, StoreError> {
    let mut reading = Reading {
        store,
        queue: Vec::new(),
        runs: BTreeMap::new(),
        models: BTreeMap::new(),
        points: Points::new(),
        children: BTreeMap::new(),
        judged: BTreeMap::new(),
        is_old: false,
    };
    reading.ask_first(wanted);
    reading.round()?;
    reading.ask_second(wanted);
    while !reading.queue.is_empty() {
        reading.round()?;
    }
    reading.finish(wanted)
}

impl Reading<'_> {
    fn ask_first(&mut self, wanted: &Wanted) {
        let further = wanted.children_of.iter().chain(&wanted.assessments_of);
        let further = further.chain(wanted.histories.keys());
        let runs: BTreeSet<_> = wanted.runs.iter().chain(further).collect();
        for id in runs {
            let question = Question::get("runs/get", vec![("run_id", id.clone())]);
            self.queue.push((Topic::Run(id.clone()), question));
        }
        for id in wanted.logged_models.iter().filter(|id| is_model_id(id)) {
            self.ask_model(id, false);
        }
        for (run, metrics) in &wanted.histories {
            for metric in metrics {
                self.ask_points(run, metric);
            }
        }
    }

    fn ask_model(&mut self, id: &str, deleted: bool) {
        let mut question = Question::logged_model(id);
        if deleted {
            question = question.with("allow_deleted", "true");
        }
        let id = id.to_owned();
        self.queue.push((Topic::Model { id, deleted }, question));
    }

    fn ask_points(&mut self, run: &str, metric: &str) {
        let (run, metric) = (run.to_owned(), metric.to_owned());
        let parameters = vec![
            ("run_id", run.clone()),
            ("metric_key", metric.clone()),
            ("max_results", POINTS_OF_A_PAGE.to_owned()),
        ];
        let question = Question::get("metrics/get-history", parameters);
        self.queue.push((Topic::Points { run, metric }, question));
    }

    /// What needs the answers of the first round.
    fn ask_second(&mut self, wanted: &Wanted) {
        for (run, metric) in logged_model::unproven(self.models.values(), &self.runs) {
            let asked = wanted.histories.get(&run);
            if !asked.is_some_and(|metrics| metrics.contains(&metric)) {
                self.ask_points(&run, &metric);
            }
        }
        let of = |ids: &BTreeSet<String>| -> Vec<_> {
            let runs = ids.iter().filter_map(|id| self.runs.get(id));
            runs.map(|run| (run.id.clone(), run.experiment_id.clone()))
                .collect()
        };
        let (parents, judged) = (of(&wanted.children_of), of(&wanted.assessments_of));
        for (parent, experiment) in parents {
            let question = children(&parent, &experiment);
            self.queue.push((Topic::Children { parent }, question));
        }
        for (run, experiment) in judged {
            let question = traces(&run, &experiment);
            self.queue.push((Topic::Traces { run }, question));
        }
    }

    /// Asks everything in the queue at once.
    fn round(&mut self) -> Result<(), StoreError> {
        let asked = std::mem::take(&mut self.queue);
        let questions: Vec<_> = asked.iter().map(|(_, question)| question.clone()).collect();
        let answers = self.store.ask(&questions)?;
        for ((topic, question), answer) in asked.into_iter().zip(answers) {
            self.absorb(topic, &question, answer)?;
        }
        Ok(())
    }

    fn absorb(
        &mut self,
        topic: Topic,
        question: &Question,
        answer: Answer,
    ) -> Result<(), StoreError> {
        let token = match &topic {
            Topic::Run(id) => {
                let run = self.store.run(id, answer)?;
                self.runs.insert(id.clone(), run);
                None
            }
            Topic::Model { id, deleted } => {
                self.model(id, *deleted, answer)?;
                None
            }
            Topic::Points { run, metric } => self.points(run, metric, answer)?,
            Topic::Children { parent } => self.children(parent, answer)?,
            Topic::Traces { run } => self.traces(run, answer)?,
            Topic::ServerVersion => {
                self.server_version(&answer)?;
                None
            }
        };
        let next = self.store.next_page(question, token)?;
        self.queue.extend(next.map(|next| (topic, next)));
        Ok(())
    }

    /// A logged model that does not exist is left out. One that a person deleted is told only to
    /// those who ask for deleted ones.
    fn model(&mut self, id: &str, deleted: bool, answer: Answer) -> Result<(), StoreError> {
        if answer == Answer::NoEndpoint {
            self.no_endpoint();
        } else if !is_absent(&answer) {
            let model = self.store.logged_model(id, deleted, answer)?;
            self.models.insert(id.to_owned(), model);
        } else if !deleted {
            self.ask_model(id, true);
        }
        Ok(())
    }

    /// Logged models and judges came with MLflow 3. A server without them has to say that it is
    /// older.
    fn no_endpoint(&mut self) {
        if !self.is_old {
            self.is_old = true;
            let question = Question::server_version();
            self.queue.push((Topic::ServerVersion, question));
        }
    }

    fn server_version(&self, answer: &Answer) -> Result<(), StoreError> {
        let major = match answer {
            Answer::Found(text) => text.trim().split('.').next(),
            Answer::Denied { .. } | Answer::NoEndpoint => None,
        };
        match major.and_then(|major| major.parse::<u32>().ok()) {
            Some(0..3) => Ok(()),
            _ => Err(self.store.malformed(
                "it has no endpoint for logged models or traces, and is not known to be older \
                 than MLflow 3",
            )),
        }
    }

    fn points(
        &mut self,
        run: &str,
        metric: &str,
        answer: Answer,
    ) -> Result<Option<String>, StoreError> {
        let page: HistoryAnswer = self.store.parse(answer)?;
        if page.metrics.iter().any(|point| point.key != metric) {
            return Err(self.store.malformed("it answered about another metric"));
        }
        let key = (run.to_owned(), metric.to_owned());
        let points = self.points.entry(key).or_default();
        points.extend(page.metrics.iter().map(point));
        if points.len() > MOST_POINTS {
            return Err(self.store.too_large(MOST_POINTS, "points of one metric"));
        }
        Ok(page.next_page_token)
    }

    fn children(&mut self, parent: &str, answer: Answer) -> Result<Option<String>, StoreError> {
        let page: RunsAnswer = self.store.parse(answer)?;
        let children = self.children.entry(parent.to_owned()).or_default();
        let experiment = self.runs.get(parent).map(|run| &run.experiment_id);
        for run in page.runs {
            let run = self.store.any_run(run)?;
            let is_child = run.tags.get(PARENT).is_some_and(|found| found == parent);
            if !is_child || Some(&run.experiment_id) != experiment || run.deleted {
                return Err(self.store.malformed("it answered about other runs"));
            }
            if children.insert(run.id.clone(), run).is_some() {
                let reason = "the child runs changed while they were read";
                return Err(self.store.malformed(reason));
            }
        }
        if children.len() > MOST_CHILDREN {
            return Err(self.store.too_large(MOST_CHILDREN, "child runs of one run"));
        }
        Ok(page.next_page_token)
    }

    fn traces(&mut self, run: &str, answer: Answer) -> Result<Option<String>, StoreError> {
        if answer == Answer::NoEndpoint {
            self.no_endpoint();
            return Ok(None);
        }
        let page: TracesAnswer = self.store.parse(answer)?;
        let judged = self.judged.entry(run.to_owned()).or_default();
        judged.extend(self.store, page.traces)?;
        Ok(page.next_page_token)
    }

    fn finish(mut self, wanted: &Wanted) -> Result<Found, StoreError> {
        for model in self.models.values_mut() {
            logged_model::recover(model, &self.runs, &self.points);
        }
        let mut found = Found::default();
        for (run, metrics) in &wanted.histories {
            let histories = found.histories.entry(run.clone()).or_default();
            for metric in metrics {
                histories.insert(metric.clone(), self.history(run, metric)?);
            }
        }
        for id in &wanted.children_of {
            let children = self.children.remove(id).unwrap_or_default();
            let children = children.into_values().collect();
            found.children.insert(id.clone(), children);
        }
        for id in &wanted.assessments_of {
            let judged = self.judged.remove(id).unwrap_or_default();
            found.assessments.insert(id.clone(), judged.settle(id));
        }
        let runs = wanted.runs.iter();
        found.runs = runs.filter_map(|id| self.runs.remove_entry(id)).collect();
        found.logged_models = self.models;
        Ok(found)
    }

    fn history(&mut self, run: &str, metric: &str) -> Result<Vec<Metric>, StoreError> {
        let key = (run.to_owned(), metric.to_owned());
        let mut points = self.points.remove(&key).unwrap_or_default();
        let latest = self.runs.get(run).and_then(|run| run.metrics.get(metric));
        if points.is_empty() && latest.is_some() {
            let reason = format!("it has no history of `{metric}`, which the run has");
            return Err(self.store.malformed(reason));
        }
        history::sort(&mut points);
        Ok(points)
    }
}

/// The child runs of a run. Ids need no escape: the server has just answered with them.
fn children(parent: &str, experiment: &str) -> Question {
    Question::search_runs(json!({
        "experiment_ids": [experiment],
        "filter": format!("tags.`{PARENT}` = '{parent}'"),
        "run_view_type": "ACTIVE_ONLY",
        "max_results": RUNS_OF_A_PAGE,
        "order_by": ["attributes.start_time ASC"],
    }))
}

/// The traces of an evaluation run.
fn traces(run: &str, experiment: &str) -> Question {
    let experiment = json!({"experiment_id": experiment});
    Question::search_traces(json!({
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": experiment}],
        "filter": format!("metadata.`{}` = '{run}'", judged::SOURCE_RUN),
        "max_results": TRACES_OF_A_PAGE,
    }))
}

/// What cannot be a logged model's id is not asked for.
fn is_model_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !id.is_empty() && id.bytes().all(plain)
}
