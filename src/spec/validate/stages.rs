//! The stages: names, references, and the order in which they run.

use std::collections::BTreeSet;

use super::context::{Context, join};
use super::databricks;
use crate::diagnostic::{Code, Diagnostic, nearest};
use crate::spec::setting::is_variable_name;
use crate::spec::{Stage, raw};

/// Validates every stage and puts them in an order in which each comes after what it needs; among
/// those that could come next, the one written first.
pub(super) fn stages(context: &mut Context<'_>, raw: &raw::Spec) -> Vec<Stage> {
    for (name, stage) in &raw.stages {
        let pointer = join("/stages", name);
        context.name("a stage", &pointer, name);
        variables(context, &join(&pointer, "env"), stage.env.keys());
        references(context, raw, &pointer, name, stage);
    }
    in_order(context, raw)
        .into_iter()
        .filter_map(|name| Some(stage(context, name, raw.stages.get(name)?)))
        .collect()
}

fn stage(context: &mut Context<'_>, name: &str, raw: &raw::Stage) -> Stage {
    let pointer = join("/stages", name);
    let schedule = raw.schedule.as_ref();
    Stage {
        name: name.to_owned(),
        work: databricks::work(context, &pointer, name, raw),
        needs: raw.needs.clone(),
        env: raw.env.clone(),
        timeout_minutes: raw.timeout.as_deref().and_then(minutes).unwrap_or(60),
        parameters: raw.parameters.clone(),
        compute: databricks::compute(context, &join(&pointer, "compute"), raw.compute.as_ref()),
        schedule: schedule
            .and_then(|raw| databricks::schedule(context, &join(&pointer, "schedule"), raw)),
        retries: raw.retries.as_ref().map_or(0, whole),
    }
}

/// A count that the schema holds to be small.
fn whole(number: &serde_json::Number) -> u32 {
    number
        .as_u64()
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or(0)
}

/// `45m` or `2h`, in minutes.
pub(super) fn minutes(text: &str) -> Option<u32> {
    let hours = text.strip_suffix('h').map(|digits| (digits, 60));
    let (digits, factor) = hours.or_else(|| text.strip_suffix('m').map(|digits| (digits, 1)))?;
    digits.parse::<u32>().ok()?.checked_mul(factor)
}

/// Names of environment variables that a shell and both CI systems take.
pub(super) fn variables<'n>(
    context: &mut Context<'_>,
    pointer: &str,
    names: impl Iterator<Item = &'n String>,
) {
    for name in names.filter(|name| !is_variable_name(name)) {
        let message = format!(
            "`{}` cannot name an environment variable",
            name.escape_debug()
        );
        let span = context.key_span(&join(pointer, name));
        context.report(
            Diagnostic::error(Code::InvalidValue, span, message)
                .help("letters, digits and `_`, not a digit first"),
        );
    }
}

fn references(
    context: &mut Context<'_>,
    raw: &raw::Spec,
    pointer: &str,
    name: &str,
    stage: &raw::Stage,
) {
    if stage
        .timeout
        .as_deref()
        .is_some_and(|text| minutes(text).is_none_or(|m| m > 7 * 24 * 60))
    {
        let pointer = join(pointer, "timeout");
        // Text of another shape is reported by the schema.
        if stage
            .timeout
            .as_deref()
            .is_some_and(|text| text.ends_with(['m', 'h']))
        {
            context.error(
                Code::InvalidValue,
                &pointer,
                "a stage may take a week at most".to_owned(),
                "no hosted runner works longer",
            );
        }
    }
    let mut seen = BTreeSet::new();
    for (index, needed) in stage
        .needs
        .iter()
        .enumerate()
        .filter(|(_, needed)| !needed.is_empty())
    {
        let span = context.value_span(&join(&join(pointer, "needs"), index));
        if !raw.stages.contains_key(needed) {
            let known = raw
                .stages
                .keys()
                .map(String::as_str)
                .filter(|other| *other != name);
            let help = nearest(needed, known.clone()).map_or_else(
                || format!("stages are: {}", known.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{name}` needs `{needed}`, and there is no such stage");
            context.report(Diagnostic::error(Code::UnknownReference, span, message).help(help));
        } else if !seen.insert(needed) {
            let message = format!("`{name}` needs `{needed}` twice");
            context.report(Diagnostic::error(Code::NameClash, span, message).help("remove one"));
        }
    }
}

/// Kahn's algorithm; what remains when nothing is ready is, or hangs on, a cycle.
fn in_order<'r>(context: &mut Context<'_>, raw: &'r raw::Spec) -> Vec<&'r str> {
    let mut waiting: Vec<&str> = raw.stages.keys().map(String::as_str).collect();
    let mut ordered: Vec<&str> = Vec::new();
    while !waiting.is_empty() {
        let done: BTreeSet<&str> = ordered.iter().copied().collect();
        let is_ready = |name: &&str| {
            needs(raw, name).all(|needed| done.contains(needed) || !raw.stages.contains_key(needed))
        };
        let Some(position) = waiting.iter().position(is_ready) else {
            cycle(context, raw, &waiting);
            break;
        };
        ordered.push(waiting.remove(position));
    }
    ordered
}

fn needs<'r>(raw: &'r raw::Spec, name: &str) -> impl Iterator<Item = &'r str> {
    raw.stages
        .get(name)
        .into_iter()
        .flat_map(|stage| stage.needs.iter().map(String::as_str))
}

/// Walks along `needs` until a stage comes up again, and reports the circle found.
fn cycle(context: &mut Context<'_>, raw: &raw::Spec, waiting: &[&str]) {
    let Some(mut here) = waiting.first().copied() else {
        return;
    };
    let mut path: Vec<&str> = Vec::new();
    while !path.contains(&here) {
        path.push(here);
        let next = needs(raw, here).find(|needed| waiting.contains(needed));
        let Some(next) = next.and_then(|next| waiting.iter().find(|name| **name == next)) else {
            return;
        };
        here = next;
    }
    let start = path.iter().position(|name| *name == here).unwrap_or(0);
    let mut circle: Vec<&str> = path.split_off(start);
    circle.push(here);
    let pointer = join(&join("/stages", here), "needs");
    context.error(
        Code::DependencyCycle,
        &pointer,
        format!(
            "stages need each other in a circle: {}",
            circle.join(" needs ")
        ),
        "remove one of these `needs`",
    );
}
