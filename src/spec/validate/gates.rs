//! The gates: every check read, named, and looked at for what it probably does not mean.

use std::collections::BTreeMap;

use serde_json::Value;

use super::context::{Context, join};
use super::inverted::inverted;
use super::project::alias_is_free;
use crate::diagnostic::{Code, Diagnostic, Span, nearest};
use crate::gate::check::{
    Baseline, Candidate, Check, Gate, IfAbsent, Level, OnInconclusive, Weight,
};
use crate::gate::grammar;
use crate::gate::rule::Rule;
use crate::spec::{Model, raw};

pub(super) fn gates(context: &mut Context<'_>, raw: &raw::Spec, model: &Model) -> Vec<Gate> {
    raw.gates
        .iter()
        .map(|(name, gate)| gate_of(context, name, gate, model))
        .collect()
}

fn gate_of(context: &mut Context<'_>, name: &str, raw: &raw::Gate, model: &Model) -> Gate {
    let pointer = join("/gates", name);
    context.name("a gate", &pointer, name);
    let list = join(&pointer, "checks");
    let mut checks: Vec<(Check, Span)> = Vec::new();
    let mut all_read = true;
    for (index, value) in raw.checks.iter().flatten().enumerate() {
        match check(context, &join(&list, index), value) {
            Ok(Some(read)) => checks.push(read),
            Ok(None) => {}
            Err(Reported) => all_read = false,
        }
    }
    distinct(context, &checks);
    if all_read {
        teeth(context, &pointer, name, raw, &checks);
    }
    Gate {
        candidate: Candidate::Alias(model.candidate_alias.clone()),
        baseline: baseline(context, &pointer, raw, model),
        on_inconclusive: match raw.on_inconclusive.as_deref() {
            Some("fail") => OnInconclusive::Fail,
            Some("pass") => OnInconclusive::Pass,
            _ => OnInconclusive::Hold,
        },
        ..Gate::new(name, checks.into_iter().map(|(check, _)| check).collect())
    }
}

fn baseline(context: &mut Context<'_>, pointer: &str, raw: &raw::Gate, model: &Model) -> Baseline {
    let baseline = raw.baseline.clone().unwrap_or_default();
    if let Some(alias) = &baseline.alias {
        alias_is_free(context, &join(&join(pointer, "baseline"), "alias"), alias);
    }
    Baseline {
        alias: baseline.alias.unwrap_or_else(|| model.live_alias.clone()),
        if_absent: match baseline.if_absent.as_deref() {
            Some("fail") => IfAbsent::Fail,
            Some("pass") => IfAbsent::Pass,
            _ => IfAbsent::AbsoluteOnly,
        },
    }
}

/// A check could not be read, and a diagnostic says why.
struct Reported;

/// A check as it is written, before its line is read.
struct Written<'v> {
    id: Option<&'v str>,
    weight: Option<Weight>,
    line: &'v str,
    line_pointer: String,
}

/// One item of `checks`; `Ok(None)` when its level is `off`.
fn check(
    context: &mut Context<'_>,
    pointer: &str,
    value: &Value,
) -> Result<Option<(Check, Span)>, Reported> {
    let written = written(context, pointer, value)?;
    let span = context.value_span(&written.line_pointer);
    let line = grammar::parse(written.line).map_err(|error| {
        let place = inside(context, span, written.line, &error);
        let message = format!("cannot read the check: {}", error.message);
        context.report(Diagnostic::error(Code::InvalidCheck, place, message).help(error.help));
        Reported
    })?;
    let weight = match (written.weight, line.level) {
        (Some(outer), Some(inner)) if outer != inner => {
            let message = "the check has two levels".to_owned();
            context.error(Code::InvalidCheck, pointer, message, "keep one of them");
            return Err(Reported);
        }
        (outer, inner) => outer.or(inner).unwrap_or(Weight::On(Level::Error)),
    };
    let Weight::On(level) = weight else {
        return Ok(None);
    };
    if level == Level::Error
        && let Rule::Metric(rule) = &line.rule
    {
        inverted(context, span, rule);
    }
    let position = context.source.position(span.start);
    let check = Check {
        id: written.id.map_or_else(|| id_of(&line.rule), str::to_owned),
        level,
        critical: false,
        rule: line.rule,
        line: position.line,
        column: position.column,
    };
    Ok(Some((check, span)))
}

fn written<'v>(
    context: &mut Context<'_>,
    pointer: &str,
    value: &'v Value,
) -> Result<Written<'v>, Reported> {
    match value {
        Value::String(line) => Ok(Written {
            id: None,
            weight: None,
            line,
            line_pointer: pointer.to_owned(),
        }),
        Value::Object(map) => {
            let single = map.iter().next().filter(|_| map.len() == 1);
            if let Some((key, line)) = single
                && let Some(weight) = Weight::parse(key)
            {
                let line_pointer = join(pointer, key);
                let line = text(context, &line_pointer, line)?;
                return Ok(Written {
                    id: None,
                    weight: Some(weight),
                    line,
                    line_pointer,
                });
            }
            written_as_map(context, pointer, map)
        }
        _ => {
            let message = "a check is one line of text, or a mapping".to_owned();
            let help = "for example `- rmse <= 5.0`";
            context.error(Code::InvalidCheck, pointer, message, help);
            Err(Reported)
        }
    }
}

fn written_as_map<'v>(
    context: &mut Context<'_>,
    pointer: &str,
    map: &'v serde_json::Map<String, Value>,
) -> Result<Written<'v>, Reported> {
    const KEYS: [&str; 3] = ["id", "check", "level"];
    let mut result = Ok(());
    for key in map.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let span = context.key_span(&join(pointer, key));
        let levels = ["error", "warn", "info", "off"];
        let help = nearest(key, KEYS.into_iter().chain(levels)).map_or_else(
            || "a check is `metric comparison threshold`, a level over one (`warn: ...`), or a mapping with `id`, `check` and `level`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("unknown key `{key}` in a check");
        context.report(Diagnostic::error(Code::UnknownKey, span, message).help(help));
        result = Err(Reported);
    }
    result?;
    let Some(line) = map.get("check") else {
        let message = "the required key `check` is missing in a check".to_owned();
        context.error(
            Code::MissingKey,
            pointer,
            message,
            "add `check: <metric> <= <number>`",
        );
        return Err(Reported);
    };
    let line_pointer = join(pointer, "check");
    let line = text(context, &line_pointer, line)?;
    let id = map
        .get("id")
        .map(|id| text(context, &join(pointer, "id"), id))
        .transpose()?;
    let level = map
        .get("level")
        .map(|level| text(context, &join(pointer, "level"), level))
        .transpose()?;
    let weight = level.map(|level| {
        Weight::parse(level).ok_or_else(|| {
            let message = format!("`{level}` is not a level");
            let help = "one of: error, warn, info, off";
            context.error(Code::InvalidValue, &join(pointer, "level"), message, help);
            Reported
        })
    });
    if let Some(id) = id.filter(|id| !is_id(id)) {
        let message = format!("`{}` cannot be the id of a check", id.escape_debug());
        let help = "letters, digits, `.`, `_` and `-`, a letter or digit first";
        context.error(Code::InvalidValue, &join(pointer, "id"), message, help);
    }
    Ok(Written {
        id,
        weight: weight.transpose()?,
        line,
        line_pointer,
    })
}

fn is_id(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
}

fn text<'v>(
    context: &mut Context<'_>,
    pointer: &str,
    value: &'v Value,
) -> Result<&'v str, Reported> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| {
            let message = "this takes text".to_owned();
            context.error(
                Code::WrongType,
                pointer,
                message,
                "write one line, or quote the value",
            );
            Reported
        })
}

/// The place of a word of the line, where the line stands in the file as it is.
fn inside(context: &Context<'_>, span: Span, line: &str, error: &grammar::SyntaxError) -> Span {
    let written = context
        .source
        .text
        .get(span.start..span.end)
        .unwrap_or_default();
    let quote = usize::from(written.starts_with(['"', '\'']));
    let matches = written
        .get(quote..)
        .is_some_and(|rest| rest.starts_with(line));
    if matches {
        span.slice(quote + error.offset, error.length.max(1))
    } else {
        span
    }
}

/// A readable identifier from a rule's text: `r2-ge-champion-minus-0.01`.
fn id_of(rule: &Rule) -> String {
    const WORDS: [(&str, &str); 9] = [
        (" <= ", "-le-"),
        (" >= ", "-ge-"),
        (" == ", "-eq-"),
        (" != ", "-ne-"),
        (" < ", "-lt-"),
        (" > ", "-gt-"),
        ("+ ", "plus-"),
        ("- ", "minus-"),
        ("%", "-percent"),
    ];
    let text = rule.to_string();
    let text = WORDS
        .iter()
        .fold(text, |text, (symbol, word)| text.replace(symbol, word));
    let known = |c: char| {
        if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') {
            c
        } else {
            '-'
        }
    };
    text.trim_matches('"').chars().map(known).collect()
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
