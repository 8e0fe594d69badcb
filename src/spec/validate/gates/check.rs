//! One item of `checks`: a line, a level over one, or a mapping.

use serde_json::{Map, Value};

use super::{import, line, place, slices, test};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::gate::check::{Check, Level, Weight};
use crate::gate::id_of;
use crate::gate::rule::{Rule, Step};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

/// A check could not be read, and a diagnostic says why.
pub(super) struct Reported;

/// What a check may hold, one of them.
const FORMS: [&str; 8] = [
    "check", "slices", "test", "import", "error", "warn", "info", "off",
];

/// A rule as it is written, with where and how.
struct Written {
    rule: Rule,
    weight: Option<Weight>,
    span: Span,
}

/// One item of `checks`; `Ok(None)` when its level is `off`.
pub(super) fn check(
    context: &mut Context<'_>,
    pointer: &str,
    value: &Value,
) -> Result<Option<(Check, Span)>, Reported> {
    let misfit = context.is_misfit(pointer);
    let read = match value {
        Value::String(text) if !misfit => {
            let written = one_line(context, pointer, text)?;
            Ok(finished(context, &raw::Check::default(), written))
        }
        Value::Object(map) => mapping(context, pointer, map),
        _ => Err(Reported),
    };
    if misfit { Err(Reported) } else { read }
}

fn one_line(context: &mut Context<'_>, pointer: &str, text: &str) -> Result<Written, Reported> {
    let (line, span) = line::read(context, pointer, text)?;
    Ok(Written {
        rule: line.rule,
        weight: line.level,
        span,
    })
}

fn mapping(
    context: &mut Context<'_>,
    pointer: &str,
    map: &Map<String, Value>,
) -> Result<Option<(Check, Span)>, Reported> {
    let raw: raw::Check = serde_json::from_value(Value::Object(map.clone())).map_err(|error| {
        if !context.is_misfit(pointer) {
            let message = format!("the check cannot be read: {error}");
            context.error(
                Code::InvalidCheck,
                pointer,
                message,
                "see `gatewright schema`",
            );
        }
        Reported
    })?;
    let form = form(context, pointer, map)?;
    let (line, needs_metric, takes): (_, _, &[&str]) = match form {
        "check" => (
            raw.check.as_deref(),
            false,
            &["id", "level", "critical", "from", "step"],
        ),
        "slices" => (None, true, &["id", "level", "critical", "metric", "from"]),
        "test" => (None, true, &["id", "level", "critical", "metric"]),
        "import" => (None, false, &["id", "level", "critical"]),
        level => (level_line(&raw, level), false, &[]),
    };
    strays(context, pointer, map, form, takes)?;
    let metric = if needs_metric {
        metric(context, pointer, &raw, form)?
    } else {
        ""
    };
    let written = match line {
        Some(text) => {
            let mut written = one_line(context, &join(pointer, form), text)?;
            reading(context, pointer, &raw, &mut written.rule)?;
            over(context, pointer, form, written)?
        }
        None => Written {
            rule: larger(context, pointer, &raw, metric)?,
            weight: None,
            span: context.value_span(pointer),
        },
    };
    let written = match raw.level.as_deref() {
        Some(level) => over(context, pointer, level, written)?,
        None => written,
    };
    critical(context, pointer, &raw, written.weight);
    Ok(finished(context, &raw, written))
}

/// The one key that says what is checked.
fn form<'m>(
    context: &mut Context<'_>,
    pointer: &str,
    map: &'m Map<String, Value>,
) -> Result<&'m str, Reported> {
    let mut forms = map
        .keys()
        .map(String::as_str)
        .filter(|key| FORMS.contains(key));
    match (forms.next(), forms.next()) {
        (Some(form), None) => return Ok(form),
        (None, _) if context.is_misfit(pointer) => {}
        (None, _) => {
            let message = "nothing is checked here".to_owned();
            let help = if map.contains_key("metric") {
                "add `slices:` or `test:`; or write one line: `check: <metric> <= <number>`"
            } else {
                "add `check: <metric> <= <number>`, or `metric:` with `slices:` or `test:`, or `import:`"
            };
            let span = context.value_span(pointer);
            context.report(Diagnostic::error(Code::MissingKey, span, message).help(help));
        }
        (Some(first), Some(second)) => {
            let span = context.key_span(&join(pointer, second));
            let message = format!("a check is one thing, and here are `{first}` and `{second}`");
            context.report(
                Diagnostic::error(Code::InvalidCheck, span, message).help("write two checks"),
            );
        }
    }
    Err(Reported)
}

fn level_line<'r>(raw: &'r raw::Check, level: &str) -> Option<&'r str> {
    match level {
        "error" => &raw.error,
        "warn" => &raw.warn,
        "info" => &raw.info,
        _ => &raw.off,
    }
    .as_deref()
}

fn strays(
    context: &mut Context<'_>,
    pointer: &str,
    map: &Map<String, Value>,
    form: &str,
    takes: &[&str],
) -> Result<(), Reported> {
    let mut result = Ok(());
    for key in map
        .keys()
        .filter(|key| *key != form && !takes.contains(&key.as_str()))
    {
        let help = if Weight::parse(form).is_some() {
            format!("write `check:` in the place of `{form}:`, and `level: {form}`")
        } else {
            "remove it".to_owned()
        };
        let span = context.key_span(&join(pointer, key));
        let message = format!("`{key}` has no meaning beside `{form}`");
        context.report(Diagnostic::error(Code::InvalidCheck, span, message).help(help));
        result = Err(Reported);
    }
    result
}

fn metric<'r>(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &'r raw::Check,
    form: &str,
) -> Result<&'r str, Reported> {
    raw.metric.as_deref().ok_or_else(|| {
        if !context.is_misfit(pointer) {
            let span = context.key_span(&join(pointer, form));
            let message = format!("`{form}` needs to know of which metric");
            context.report(
                Diagnostic::error(Code::MissingKey, span, message)
                    .help("add `metric:` with the name that MLflow has"),
            );
        }
        Reported
    })
}

/// What does not fit one line.
fn larger(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Check,
    metric: &str,
) -> Result<Rule, Reported> {
    if let Some(slices) = &raw.slices {
        let from = place::from(context, &join(pointer, "from"), raw.from.as_ref());
        slices::rule(context, &join(pointer, "slices"), slices, metric, from)
    } else if let Some(test) = &raw.test {
        test::rule(context, &join(pointer, "test"), test, metric)
    } else if let Some(import) = &raw.import {
        import::rule(context, &join(pointer, "import"), import)
    } else {
        Err(Reported)
    }
}

/// Where the metric of a line is read, and which of its values.
fn reading(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Check,
    rule: &mut Rule,
) -> Result<(), Reported> {
    let Rule::Metric(rule) = rule else {
        let stray = [("from", raw.from.is_some()), ("step", raw.step.is_some())];
        let Some((key, _)) = stray.into_iter().find(|(_, given)| *given) else {
            return Ok(());
        };
        let message = format!("`{key}` has a meaning only for a metric");
        context.error(
            Code::InvalidCheck,
            &join(pointer, key),
            message,
            "remove it",
        );
        return Err(Reported);
    };
    rule.from = place::from(context, &join(pointer, "from"), raw.from.as_ref());
    rule.step = match raw.step.as_deref() {
        Some("best") => Step::Best,
        Some("last") => Step::Last,
        Some("mean") => Step::Mean,
        _ => Step::Latest,
    };
    Ok(())
}

/// A level that stands over a check, which may have one of its own.
fn over(
    context: &mut Context<'_>,
    pointer: &str,
    level: &str,
    written: Written,
) -> Result<Written, Reported> {
    let outer = Weight::parse(level);
    if let (Some(outer), Some(inner)) = (outer, written.weight)
        && outer != inner
    {
        let message = "the check has two levels".to_owned();
        context.error(Code::InvalidCheck, pointer, message, "keep one of them");
        return Err(Reported);
    }
    Ok(Written {
        weight: outer.or(written.weight),
        ..written
    })
}

fn critical(context: &mut Context<'_>, pointer: &str, raw: &raw::Check, weight: Option<Weight>) {
    let blocks = matches!(weight, None | Some(Weight::On(Level::Error)));
    if raw.critical == Some(true) && !blocks {
        let message = "only a check that blocks can be critical".to_owned();
        let help = "remove `critical`, or write `level: error`";
        context.error(
            Code::InvalidValue,
            &join(pointer, "critical"),
            message,
            help,
        );
    }
}

fn finished(context: &Context<'_>, raw: &raw::Check, written: Written) -> Option<(Check, Span)> {
    let Weight::On(level) = written.weight.unwrap_or(Weight::On(Level::Error)) else {
        return None;
    };
    let position = context.position(written.span.start);
    let check = Check {
        id: raw.id.clone().unwrap_or_else(|| id_of(&written.rule)),
        level,
        critical: raw.critical.unwrap_or(false),
        rule: written.rule,
        line: position.line,
        column: position.column,
    };
    Some((check, written.span))
}
