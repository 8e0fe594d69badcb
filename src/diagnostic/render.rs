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
        Group::with_title(title).element(annotate_snippets::Origin::path(source.path.as_str()))
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
    let range = |span: Span| {
        let span = first_line(source, source.trim(span));
        span.start..span.end
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
    Snippet::source(source.text.as_str())
        .path(source.path.as_str())
        .annotation(primary)
        .annotations(related)
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
