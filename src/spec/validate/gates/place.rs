//! Where a metric is read.

use serde_json::Value;

use crate::gate::rule::ReadFrom;
use crate::spec::raw;
use crate::spec::validate::context::Context;

/// `from: run | model | {model: {dataset: ...}} | {run: ...}`; `None` where it says nothing, or
/// what the schema has complained about.
pub(super) fn from(
    context: &mut Context<'_>,
    pointer: &str,
    value: Option<&Value>,
) -> Option<ReadFrom> {
    let value = value.filter(|_| !context.is_misfit(pointer))?;
    match value {
        Value::String(word) if word == "model" => Some(ReadFrom::Model { dataset: None }),
        Value::String(_) => Some(ReadFrom::Run),
        _ => {
            let place: raw::Place = serde_json::from_value(value.clone()).ok()?;
            let model = place.model.map(|model| ReadFrom::Model {
                dataset: model.dataset,
            });
            model.or_else(|| place.run.map(ReadFrom::NamedRun))
        }
    }
}
