//! A gate as a whole.

use std::collections::BTreeMap;

use super::check::{Reported, check};
use super::{certain, inverted, pairs, place, settings};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::gate::check::{Check, Gate, Level};
use crate::gate::rule::ReadFrom;
use crate::spec::validate::context::{Context, join};
use crate::spec::{Model, raw};

pub(in crate::spec::validate) fn gates(
    context: &mut Context<'_>,
    raw: &raw::Spec,
    model: &Model,
) -> Vec<Gate> {
    raw.gates
        .iter()
        .map(|(name, gate)| gate_of(context, name, gate, model))
        .collect()
}

fn gate_of(context: &mut Context<'_>, name: &str, raw: &raw::Gate, model: &Model) -> Gate {
    let pointer = join("/gates", name);
    context.name("a gate", &pointer, name);
    let checks = checks(context, &pointer, name, raw);
    let from = place::from(context, &join(&pointer, "from"), raw.from.as_ref());
    Gate {
        candidate: settings::candidate(context, &pointer, raw, model),
        baseline: settings::baseline(context, &pointer, raw, model),
        comparability: settings::comparability(raw),
        on_inconclusive: settings::on_inconclusive(raw),
        from: from.unwrap_or(ReadFrom::Run),
        slice_pattern: settings::slice_pattern(context, &pointer, raw),
        scales: settings::scales(context, &pointer, raw),
        waivers: settings::waivers(context, &pointer, raw),
        ..Gate::new(name, checks)
    }
}

fn checks(context: &mut Context<'_>, pointer: &str, name: &str, raw: &raw::Gate) -> Vec<Check> {
    let list = join(pointer, "checks");
    let mut checks: Vec<(Check, Span)> = Vec::new();
    let mut all_read = !context.is_misfit(&list);
    for (index, value) in raw.checks.iter().flatten().enumerate() {
        match check(context, &join(&list, index), value) {
            Ok(Some(read)) => checks.push(read),
            Ok(None) => {}
            Err(Reported) => all_read = false,
        }
    }
    let mut sensible = Vec::new();
    for (check, span) in &checks {
        if !inverted::inverted(context, check, *span) {
            certain::certain(context, check, *span);
            sensible.push((check, *span));
        }
    }
    distinct(context, &checks);
    pairs::pairs(context, &sensible);
    if all_read {
        teeth(context, pointer, name, raw, &checks);
    }
    checks.into_iter().map(|(check, _)| check).collect()
}

fn distinct(context: &mut Context<'_>, checks: &[(Check, Span)]) {
    let mut first: BTreeMap<&str, Span> = BTreeMap::new();
    for (check, span) in checks {
        if let Some(earlier) = first.insert(&check.id, *span) {
            first.insert(&check.id, earlier);
            let message = format!("two checks have the id `{}`", check.id);
            context.report(
                Diagnostic::error(Code::NameClash, *span, message)
                    .labelled("again here")
                    .related(earlier, "first here")
                    .help("remove one, or give one an `id:` of its own"),
            );
        }
    }
}

/// A gate has to be able to say no.
fn teeth(
    context: &mut Context<'_>,
    pointer: &str,
    name: &str,
    raw: &raw::Gate,
    checks: &[(Check, Span)],
) {
    let span = context.key_span(pointer);
    if checks.is_empty() {
        // An absent or empty list is reported by the schema.
        if raw.checks.as_ref().is_some_and(|checks| !checks.is_empty()) {
            let message = format!("every check of the gate `{name}` is off");
            context.report(Diagnostic::error(Code::ToothlessGate, span, message).help(
                "turn one on, or remove the gate: an empty gate would let everything through",
            ));
        }
    } else if checks.iter().all(|(check, _)| check.level != Level::Error) {
        let message = format!("nothing in the gate `{name}` can block");
        context.report(
            Diagnostic::warning(Code::ToothlessGate, span, message)
                .help("leave the level out of the checks that must hold"),
        );
    }
}
