//! A metric on every slice of the data.

use std::collections::BTreeSet;

use bigdecimal::{BigDecimal, Zero};

use super::check::Reported;
use super::table;
use crate::diagnostic::{Code, Diagnostic};
use crate::gate::rule::{ReadFrom, Rule, SlicesRule, SmallSlice};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

pub(super) fn rule(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Slices,
    metric: &str,
    from: Option<ReadFrom>,
) -> Result<Rule, Reported> {
    keys(context, pointer, raw);
    let rule = SlicesRule {
        metric: metric.to_owned(),
        by: raw.by.clone().unwrap_or_default(),
        min: context.decimal(&join(pointer, "min")),
        max: context.decimal(&join(pointer, "max")),
        max_gap: context.decimal(&join(pointer, "max_gap")),
        min_n: context.whole(&join(pointer, "min_n"), raw.min_n.as_ref()),
        small: match raw.small.as_deref() {
            Some("ignore") => SmallSlice::Ignore,
            Some("judge") => SmallSlice::Judge,
            _ => SmallSlice::Inconclusive,
        },
        count: raw.count.clone().unwrap_or_else(|| "n".to_owned()),
        table: raw
            .table
            .as_ref()
            .map(|raw| table::columns(context, &join(pointer, "table"), raw, metric)),
        from,
    };
    bounds(context, pointer, &rule)?;
    settings(context, pointer, raw, &rule);
    Ok(Rule::Slices(rule))
}

fn keys(context: &mut Context<'_>, pointer: &str, raw: &raw::Slices) {
    let mut seen = BTreeSet::new();
    for (index, key) in raw.by.iter().flatten().enumerate() {
        let place = join(&join(pointer, "by"), index);
        if !seen.insert(key) && !context.is_misfit(&place) {
            let message = format!("the key `{}` stands twice", key.escape_debug());
            context.error(Code::NameClash, &place, message, "remove one");
        } else if key.is_empty() && !context.is_misfit(&place) {
            let message = "the key of a slice is empty".to_owned();
            context.error(Code::InvalidValue, &place, message, "for example `region`");
        }
    }
}

fn bounds(context: &mut Context<'_>, pointer: &str, rule: &SlicesRule) -> Result<(), Reported> {
    if rule.min.is_none() && rule.max.is_none() && rule.max_gap.is_none() {
        if !context.is_misfit(pointer) {
            let span = context.key_span(pointer);
            let message = "the slices have no bound to keep";
            context.report(
                Diagnostic::error(Code::MissingKey, span, message)
                    .help("add `min:`, `max:` or `max_gap:`"),
            );
        }
        return Err(Reported);
    }
    if rule
        .max_gap
        .as_ref()
        .is_some_and(|gap| *gap < BigDecimal::zero())
    {
        let message = "a gap is never negative".to_owned();
        let help = "write how far the best and the worst slice may be apart";
        context.error(Code::InvalidValue, &join(pointer, "max_gap"), message, help);
    }
    if let (Some(min), Some(max)) = (&rule.min, &rule.max)
        && min > max
    {
        let message = format!("no slice is at least {min} and at most {max}");
        let help = "change one of the two bounds";
        context.error(Code::ImpossibleCheck, &join(pointer, "max"), message, help);
    }
    Ok(())
}

/// Keys that say nothing without another one.
fn settings(context: &mut Context<'_>, pointer: &str, raw: &raw::Slices, rule: &SlicesRule) {
    let without_bound = [
        ("small", raw.small.is_some()),
        ("count", raw.count.is_some()),
    ];
    for (key, _) in without_bound
        .into_iter()
        .filter(|(_, given)| *given && raw.min_n.is_none())
    {
        let message = format!("`{key}` has a meaning only with `min_n`");
        context.error(
            Code::InvalidValue,
            &join(pointer, key),
            message,
            "add `min_n:`, or remove it",
        );
    }
    if rule.table.is_some() && raw.count.is_some() {
        let message = "the rows of a table are counted".to_owned();
        context.error(
            Code::InvalidValue,
            &join(pointer, "count"),
            message,
            "remove `count`",
        );
    }
    if rule.table.is_some() && rule.from.is_some() {
        let message = "a table is read from the run".to_owned();
        context.error(
            Code::InvalidValue,
            &join(pointer, "table"),
            message,
            "remove `from`",
        );
    }
}
