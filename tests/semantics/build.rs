//! Evidence and gates put together by hand, in a few words each.

use std::collections::BTreeMap;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use gatewright::evidence::{
    Answer, Assessment, Assessments, Dataset, DatasetInput, Evidence, Finite, LoggedModel, Metric,
    ModelMetric, ModelVersion, Reading, Reference, Referent, Run, Subject,
};
use gatewright::gate::rule::{Comparator, MetricRule, Threshold};
use gatewright::gate::{Check, Finding, Gate, Judgement, Outcome, Reason, Rule, judge};

pub(crate) fn number(text: &str) -> BigDecimal {
    BigDecimal::from_str(text).unwrap()
}

pub(crate) fn metric(value: f64, step: i64, timestamp_ms: i64) -> Metric {
    Metric {
        reading: Reading::from_stored(value),
        step,
        timestamp_ms,
    }
}

pub(crate) fn run(id: &str, values: &[(&str, f64)]) -> Run {
    let metrics = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), metric(*value, 0, 0)));
    Run {
        metrics: metrics.collect(),
        ..Run::empty(id)
    }
}

pub(crate) fn dataset(name: &str, digest: &str) -> Dataset {
    Dataset {
        name: name.to_owned(),
        digest: digest.to_owned(),
    }
}

/// A run that was evaluated on a data set.
pub(crate) fn evaluated(run: Run, name: &str, digest: &str) -> Run {
    let input = DatasetInput {
        dataset: dataset(name, digest),
        context: Some("evaluation".to_owned()),
    };
    Run {
        datasets: vec![input],
        ..run
    }
}

pub(crate) fn version(number: u64, run: Run) -> Subject {
    Subject {
        version: Some(ModelVersion {
            number,
            run_id: Some(run.id.clone()),
            source: "models:/m-1".to_owned(),
            created_ms: None,
            status: None,
            tags: BTreeMap::new(),
        }),
        ..Subject::of_run(run)
    }
}

/// A value of a logged model: name, value, data set with digest, run.
pub(crate) type Logged<'a> = (&'a str, f64, Option<(&'a str, &'a str)>, &'a str);

pub(crate) fn model(values: &[Logged<'_>]) -> LoggedModel {
    let metrics = values
        .iter()
        .zip(0_i64..)
        .map(|((name, value, on, run), at)| ModelMetric {
            name: (*name).to_owned(),
            metric: metric(*value, 0, at),
            dataset: on.map(|(name, digest)| dataset(name, digest)),
            run_id: Some((*run).to_owned()),
        });
    LoggedModel {
        id: "m-1".to_owned(),
        deleted: false,
        ready: true,
        source_run_id: None,
        artifact_location: String::new(),
        metrics: metrics.collect(),
        params: BTreeMap::new(),
        tags: BTreeMap::new(),
    }
}

/// A judge's answers to as many rows: `None` for a row it says nothing about.
pub(crate) fn answers(judge: &str, scorer: &str, given: &[Option<Answer>]) -> Assessments {
    let rows = (0..given.len()).map(|row| (format!("tr-{row}"), None));
    let said = given.iter().enumerate().filter_map(|(row, answer)| {
        Some(Assessment {
            judge: judge.to_owned(),
            row: format!("tr-{row}"),
            answer: answer.clone()?,
            scorer: scorer.to_owned(),
        })
    });
    Assessments {
        rows: rows.collect(),
        given: said.collect(),
    }
}

/// The same version with these answers to the rows of its run.
pub(crate) fn judged_by(mut subject: Subject, all: Assessments) -> Subject {
    let id = subject.run.as_ref().unwrap().id.clone();
    subject.assessments = [(id, all)].into();
    subject
}

pub(crate) fn yes() -> Option<Answer> {
    Some(Answer::YesNo(true))
}

pub(crate) fn no() -> Option<Answer> {
    Some(Answer::YesNo(false))
}

pub(crate) fn points(value: f64) -> Option<Answer> {
    Some(Answer::Number(Finite::new(value).unwrap()))
}

pub(crate) fn broke() -> Option<Answer> {
    Some(Answer::Failed(
        "SCORER_ERROR: no answer\nTraceback".to_owned(),
    ))
}

pub(crate) fn evidence(candidate: Subject, champion: Option<Subject>) -> Evidence {
    let champion = champion.map_or(Referent::Absent, |champion| {
        Referent::One(Box::new(champion))
    });
    Evidence {
        candidate,
        references: [(Reference::Champion, champion)].into(),
        ..Evidence::default()
    }
}

/// A metric against a number, for names and settings that a test changes.
pub(crate) fn metric_rule(name: &str, comparator: Comparator, limit: &str) -> MetricRule {
    MetricRule::new(name, comparator, Threshold::Absolute(number(limit)))
}

/// A metric against another version.
pub(crate) fn relative_rule(
    name: &str,
    comparator: Comparator,
    reference: Reference,
) -> MetricRule {
    let threshold = Threshold::Relative {
        reference,
        margin: None,
    };
    MetricRule::new(name, comparator, threshold)
}

pub(crate) fn gate(rules: &[Rule]) -> Gate {
    let checks = rules.iter().enumerate();
    let checks = checks.map(|(index, rule)| Check::new(&format!("check-{index}"), rule.clone()));
    Gate::new("promote", checks.collect())
}

pub(crate) fn first(judgement: Judgement) -> Finding {
    judgement.findings.into_iter().next().unwrap()
}

/// What the only check of a gate gives.
pub(crate) fn ask(gate: &Gate, evidence: &Evidence) -> Finding {
    first(judge(gate, evidence))
}

pub(crate) fn one(rule: Rule, evidence: &Evidence) -> Finding {
    ask(&gate(&[rule]), evidence)
}

pub(crate) fn gave(finding: &Finding) -> (Outcome, Reason) {
    (finding.outcome, finding.opinion.reason)
}

/// Message, notes and derivation, as `--explain` has them.
pub(crate) fn told(finding: &Finding) -> String {
    let opinion = &finding.opinion;
    let notes = opinion.notes.iter().map(|note| format!("note: {note}"));
    let lines = [format!("{}: {}", opinion.reason.code(), opinion.message)].into_iter();
    let lines = lines.chain(notes).chain(opinion.derivation.clone());
    lines.collect::<Vec<_>>().join("\n")
}
