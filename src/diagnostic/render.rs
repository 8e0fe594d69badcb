//! Diagnostics as people read them in a terminal, in the look of rustc and ruff.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity, Source, Span};

/// Renders one diagnostic with the source lines it is about, without a line end.
///
/// `width` is the terminal's, in columns.
#[must_use]
pub fn render(diagnostic: &Diagnostic, source: &Source, coloured: bool, width: usize) -> String {
    let renderer = if coloured {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(printable(&diagnostic.message))
        .id(diagnostic.code.name());
    let group = if source.text.is_empty() {
        Group::with_title(title).element(annotate_snippets::Origin::path(printable(&source.path)))
    } else {
        Group::with_title(title).element(snippet(diagnostic, source))
    };
    let group = match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(printable(help))),
        None => group,
    };
    renderer.term_width(width).render(&[group])
}

fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    source: &'a Source,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    // Only the lines that are shown are handed over: with the whole text each time, many messages
    // about a long file would take time that grows with its square.
    let (text, begin) = window(diagnostic, source);
    let range = |span: Span| {
        let span = first_line(source, source.trim(span));
        span.start.saturating_sub(begin)..span.end.saturating_sub(begin)
    };
    let mut primary = AnnotationKind::Primary.span(range(diagnostic.span));
    if !diagnostic.label.is_empty() {
        primary = primary.label(printable(&diagnostic.label));
    }
    let related = diagnostic.related.iter().map(|label| {
        AnnotationKind::Context
            .span(range(label.span))
            .label(printable(&label.text))
    });
    Snippet::source(text)
        .line_start(source.position(begin).line)
        .path(printable(&source.path))
        .annotation(primary)
        .annotations(related)
}

/// The lines from the first to the last place of a diagnostic, and where they begin.
fn window<'a>(diagnostic: &Diagnostic, source: &'a Source) -> (&'a str, usize) {
    let places = diagnostic.related.iter().map(|label| label.span);
    let spans = places
        .chain([diagnostic.span])
        .map(|span| first_line(source, source.trim(span)));
    let (start, end) = spans.fold((source.text.len(), 0), |(start, end), span| {
        (start.min(span.start), end.max(span.end))
    });
    let before = source.text.get(..start).unwrap_or_default();
    let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
    let after = source.text.get(end..).unwrap_or_default();
    let length = after.find('\n').unwrap_or(after.len());
    let text = source.text.get(begin..end + length).unwrap_or_default();
    (text, begin)
}

/// A block is underlined on its first line only: what it is, not all of it.
fn first_line(source: &Source, span: Span) -> Span {
    let text = source.text.get(span.start..span.end).unwrap_or_default();
    let length = text.find(['\n', '\r']).unwrap_or(text.len());
    Span::new(span.start, span.start + length)
}

/// Control characters would move the cursor of whoever reads the message.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() && c != '\n' {
                c.escape_default().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}
