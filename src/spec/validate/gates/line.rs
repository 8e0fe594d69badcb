//! Text that the grammar reads, and places inside it.

use super::check::Reported;
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::gate::grammar::{self, Line, SyntaxError};
use crate::spec::validate::context::Context;

/// A check's line, and where it stands.
pub(super) fn read(
    context: &mut Context<'_>,
    pointer: &str,
    text: &str,
) -> Result<(Line, Span), Reported> {
    let span = context.value_span(pointer);
    parsed(context, pointer, text, "the check", grammar::parse(text)).map(|line| (line, span))
}

/// What the grammar read of the text at a pointer, or its error, told at the word.
pub(super) fn parsed<T>(
    context: &mut Context<'_>,
    pointer: &str,
    text: &str,
    what: &str,
    read: Result<T, SyntaxError>,
) -> Result<T, Reported> {
    read.map_err(|error| {
        // What does not fit the schema is told already.
        if !context.is_misfit(pointer) {
            let place = inside(context, context.value_span(pointer), text, &error);
            let message = format!("cannot read {what}: {}", error.message);
            context.report(Diagnostic::error(Code::InvalidCheck, place, message).help(error.help));
        }
        Reported
    })
}

/// The place of a word of the text, where the text stands in the file as it is.
fn inside(context: &Context<'_>, span: Span, text: &str, error: &SyntaxError) -> Span {
    let written = context
        .source
        .text
        .get(span.start..span.end)
        .unwrap_or_default();
    let quote = usize::from(written.starts_with(['"', '\'']));
    let matches = written
        .get(quote..)
        .is_some_and(|rest| rest.starts_with(text));
    if matches {
        span.slice(quote + error.offset, error.length.max(1))
    } else {
        span
    }
}
