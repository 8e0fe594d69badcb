//! Another tool's result.

use serde_json::Value;

use super::check::Reported;
use super::line;
use crate::diagnostic::{Code, Diagnostic};
use crate::gate::grammar;
use crate::gate::rule::{Comparator, Expectation, ImportFormat, ImportRule, Rule};
use crate::spec::raw;
use crate::spec::validate::context::{Context, join};

pub(super) fn rule(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Import,
) -> Result<Rule, Reported> {
    let (format, key, path) = file(context, pointer, raw)?;
    let place = join(pointer, key);
    if !context.is_misfit(&place) {
        context.path(&place, path, "the project", "the spec");
    }
    strays(context, pointer, raw, format)?;
    let expectation = match (format, &raw.pass_rate) {
        (ImportFormat::Json, _) => value(context, pointer, raw)?,
        (_, Some(text)) => {
            let place = join(pointer, "pass_rate");
            let read = grammar::share(text);
            let (comparator, percent) = line::parsed(context, &place, text, "the share", read)?;
            Expectation::PassRate {
                comparator,
                percent,
            }
        }
        (_, None) => Expectation::AllPass,
    };
    Ok(Rule::Import(ImportRule {
        format,
        path: path.to_owned(),
        expectation,
    }))
}

/// The one format, its key and its file.
fn file<'r>(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &'r raw::Import,
) -> Result<(ImportFormat, &'static str, &'r str), Reported> {
    let mut files = [
        (ImportFormat::Junit, "junit", &raw.junit),
        (ImportFormat::Sarif, "sarif", &raw.sarif),
        (ImportFormat::Json, "json", &raw.json),
        (ImportFormat::Promptfoo, "promptfoo", &raw.promptfoo),
        (ImportFormat::Evidently, "evidently", &raw.evidently),
    ]
    .into_iter()
    .filter_map(|(format, key, path)| Some((format, key, path.as_deref()?)));
    match (files.next(), files.next()) {
        (Some(file), None) => return Ok(file),
        (Some((_, first, _)), Some((_, second, _))) => {
            let span = context.key_span(&join(pointer, second));
            let message = format!("an import is one file, and here are `{first}` and `{second}`");
            context.report(
                Diagnostic::error(Code::InvalidCheck, span, message).help("write two checks"),
            );
        }
        (None, _) if context.is_misfit(pointer) => {}
        (None, _) => {
            let span = context.key_span(pointer);
            let message = "the import names no file";
            context.report(Diagnostic::error(Code::MissingKey, span, message).help(
                "add `junit:`, `sarif:`, `json:`, `promptfoo:` or `evidently:` with its path",
            ));
        }
    }
    Err(Reported)
}

fn strays(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Import,
    format: ImportFormat,
) -> Result<(), Reported> {
    let is_json = format == ImportFormat::Json;
    let has_tests = !is_json && format != ImportFormat::Sarif;
    let mut result = Ok(());
    for (key, given, fits, with) in [
        ("pointer", raw.pointer.is_some(), is_json, "`json`"),
        ("is", raw.is.is_some(), is_json, "`json`"),
        (
            "pass_rate",
            raw.pass_rate.is_some(),
            has_tests,
            "`junit`, `promptfoo` or `evidently`",
        ),
    ] {
        if given && !fits {
            let message = format!("`{key}` has a meaning only with {with}");
            context.error(
                Code::InvalidValue,
                &join(pointer, key),
                message,
                "remove it",
            );
            result = Err(Reported);
        }
    }
    result
}

/// The value at a pointer of a JSON document.
fn value(
    context: &mut Context<'_>,
    pointer: &str,
    raw: &raw::Import,
) -> Result<Expectation, Reported> {
    let (Some(path), Some(is)) = (&raw.pointer, &raw.is) else {
        if !context.is_misfit(pointer) {
            let span = context.key_span(&join(pointer, "json"));
            let message = "a JSON document needs to be told what it must hold";
            context.report(
                Diagnostic::error(Code::MissingKey, span, message)
                    .help("add `pointer: /summary/failed` and `is: 0`"),
            );
        }
        return Err(Reported);
    };
    if !is_pointer(path) {
        let message = format!("`{}` is not a JSON pointer", path.escape_debug());
        let help = "it begins with `/`; `~1` stands for a `/` in a key and `~0` for a `~`: `/summary/failed`";
        context.error(Code::InvalidValue, &join(pointer, "pointer"), message, help);
    }
    let place = join(pointer, "is");
    let (comparator, value) = match is {
        Value::String(text) => {
            line::parsed(context, &place, text, "the value", grammar::expected(text))?
        }
        Value::Bool(value) => (Comparator::Equal, value.to_string()),
        _ => {
            let number = context.decimal(&place).ok_or(Reported)?;
            (Comparator::Equal, number.to_plain_string())
        }
    };
    Ok(Expectation::Value {
        pointer: path.clone(),
        comparator,
        value,
    })
}

/// RFC 6901.
fn is_pointer(text: &str) -> bool {
    let escapes = text.split('~').skip(1);
    (text.is_empty() || text.starts_with('/'))
        && escapes.into_iter().all(|rest| rest.starts_with(['0', '1']))
}
