//! A logged table and its columns.

use crate::diagnostic::Code;
use crate::gate::is_computed;
use crate::gate::rule::{Columns, TableColumns};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

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
    let columns = match &raw.score {
        Some(column) => Columns::Score(column.clone()),
        None if of_predictions || is_computed(metric) => Columns::Predictions {
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
