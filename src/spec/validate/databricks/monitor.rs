//! The tables of predictions that are profiled.

use crate::spec::databricks::{MlProblem, QualityMonitor};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

use super::schedule;

/// Every quality monitor that has a schedule Quartz takes; the others are reported.
pub(in crate::spec::validate) fn quality_monitors(
    context: &mut Context<'_>,
    raw: &raw::Spec,
) -> Vec<QualityMonitor> {
    raw.quality_monitors
        .iter()
        .filter_map(|(name, raw)| quality_monitor(context, name, raw))
        .collect()
}

fn quality_monitor(
    context: &mut Context<'_>,
    name: &str,
    raw: &raw::QualityMonitor,
) -> Option<QualityMonitor> {
    let pointer = join("/quality_monitors", name);
    context.name("a quality monitor", &pointer, name);
    let retrain = raw
        .retrain
        .as_ref()
        .and_then(|raw| schedule(context, &join(&pointer, "retrain"), raw));
    let schedule = schedule(context, &join(&pointer, "schedule"), raw.schedule.as_ref()?)?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let daily = || vec!["1 day".to_owned()];
    Some(QualityMonitor {
        name: name.to_owned(),
        table: text(&raw.table),
        problem: match raw.problem.as_deref() {
            Some("classification") => MlProblem::Classification,
            _ => MlProblem::Regression,
        },
        prediction_column: text(&raw.prediction_column),
        timestamp_column: text(&raw.timestamp_column),
        model_column: text(&raw.model_column),
        label_column: raw.label_column.clone(),
        granularities: Some(raw.granularities.clone())
            .filter(|lengths| !lengths.is_empty())
            .unwrap_or_else(daily),
        schedule,
        retrain,
    })
}
