//! From what was measured to what a gate judges.
//!
//! The one decision here: what an endpoint measured is a run like any other, whose id says where
//! it was measured, so that a gate of the spec and every report take it as they are.

use std::collections::BTreeMap;

use crate::evidence::{Evidence, Metric, ModelVersion, Reading, Reference, Referent, Run, Subject};

/// A version with what was measured of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// The version as the registry has it.
    pub version: ModelVersion,
    /// Its metrics.
    pub metrics: BTreeMap<String, Reading>,
}

/// What the metrics of a version behind an endpoint are called: `serving:fare/7`.
#[must_use]
pub fn place(endpoint: &str, version: u64) -> String {
    format!("serving:{endpoint}/{version}")
}

/// The evidence on a step: the new version under judgement, and the old one as the champion.
#[must_use]
pub fn evidence(endpoint: &str, new: Measured, old: Measured, now_ms: i64) -> Evidence {
    let old = subject(endpoint, old, now_ms);
    Evidence {
        taken_at_ms: now_ms,
        candidate: subject(endpoint, new, now_ms),
        references: [(Reference::Champion, Referent::One(Box::new(old)))].into(),
        ..Evidence::default()
    }
}

fn subject(endpoint: &str, measured: Measured, now_ms: i64) -> Subject {
    let Measured {
        mut version,
        metrics,
    } = measured;
    let id = place(endpoint, version.number);
    let metric = |reading| Metric {
        reading,
        step: 0,
        timestamp_ms: now_ms,
    };
    let metrics = metrics
        .into_iter()
        .map(|(name, reading)| (name, metric(reading)));
    version.run_id = Some(id.clone());
    Subject {
        found_by: format!("served by {endpoint}"),
        version: Some(version),
        run: Some(Run {
            metrics: metrics.collect(),
            ..Run::empty(&id)
        }),
        ..Subject::default()
    }
}
