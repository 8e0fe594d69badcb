//! A logged table and its columns.

use crate::diagnostic::Code;
use crate::gate::direction::plain_name;
use crate::gate::rule::{Columns, TableColumns};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

/// Metrics that are computed from the truth and the prediction of all rows.
const COMPUTED: [&str; 16] = [
    "accuracy",
    "accuracy_score",
    "precision",
    "precision_score",
    "recall",
    "recall_score",
    "f1",
    "f1_score",
    "mae",
    "mean_absolute_error",
    "mse",
    "mean_squared_error",
    "rmse",
    "root_mean_squared_error",
    "r2",
    "r2_score",
];

pub(super) fn columns(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Table,
    metric: &str,
) -> TableColumns {
    let path = raw
        .path
        .clone()
        .unwrap_or_else(|| "eval_results_table.json".to_owned());
    let place = join(pointer, "path");
    if !context.is_misfit(&place) {
        context.path(&place, &path, "the run's artifacts", "the run's artifacts");
    }
    let of_predictions = raw.target.is_some() || raw.prediction.is_some() || raw.positive.is_some();
    if raw.score.is_some() && of_predictions {
        let message = "a row has a score, or a truth and a prediction".to_owned();
        let help = "keep `score`, or `target` and `prediction`";
        context.error(Code::InvalidValue, &join(pointer, "score"), message, help);
    }
    let is_computed = COMPUTED.contains(&plain_name(metric).as_str());
    let columns = match &raw.score {
        Some(column) => Columns::Score(column.clone()),
        None if of_predictions || is_computed => Columns::Predictions {
            target: raw.target.clone().unwrap_or_else(|| "target".to_owned()),
            prediction: raw
                .prediction
                .clone()
                .unwrap_or_else(|| "prediction".to_owned()),
            positive: raw.positive.clone(),
        },
        None => Columns::Score(format!("{metric}/score")),
    };
    TableColumns {
        path,
        key: raw.key.clone(),
        columns,
    }
}
