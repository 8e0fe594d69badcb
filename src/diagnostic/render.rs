//! Diagnostics as people read them in a terminal, in the look of rustc and ruff.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Lines, Position, Severity, Source, Span};

/// The most that is shown of a file under one message, in bytes: with more, many messages about a
/// long line, or about two ends of a file, would take time that grows with its square.
const LONGEST: usize = 4096;

/// Renders one diagnostic with the source lines it is about, without a line end.
///
/// `width` is the terminal's, in columns.
#[must_use]
pub fn render(diagnostic: &Diagnostic, lines: &Lines<'_>, coloured: bool, width: usize) -> String {
    let source = lines.source();
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
    let origin = Origin::path(printable(&source.path));
    let group = match Shown::of(diagnostic, lines) {
        Some(shown) => Group::with_title(title)
            .element(shown.snippet(diagnostic, lines))
            .elements(shown.far.iter().map(|label| {
                let Position { line, column } = lines.position(label.span.start);
                let text = format!("{}: line {line}, column {column}", printable(&label.text));
                Level::NOTE.message(text)
            })),
        None if source.text.is_empty() => Group::with_title(title).element(origin),
        None => {
            let place = lines.position(source.trim(diagnostic.span).start);
            let origin = origin.line(place.line).char_column(place.column);
            Group::with_title(title).element(origin)
        }
    };
    let group = match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(printable(help))),
        None => group,
    };
    renderer.term_width(width).render(&[group])
}

/// What of the file is shown under a message: whole lines, as few as hold its places.
struct Shown<'a> {
    /// The first and one past the last byte.
    start: usize,
    end: usize,
    /// The other places that are in there.
    near: Vec<&'a Label>,
    /// Those that are too far away.
    far: Vec<&'a Label>,
}

impl<'a> Shown<'a> {
    /// `None` where the line itself is longer than is shown, or nothing is there.
    fn of(diagnostic: &'a Diagnostic, lines: &Lines<'_>) -> Option<Self> {
        let source = lines.source();
        let place = first_line(source, source.trim(diagnostic.span));
        let (start, end) = lines.whole(place.start, place.end);
        if source.text.is_empty() || end - start > LONGEST {
            return None;
        }
        let around = |label: &Label| {
            let other = first_line(source, source.trim(label.span));
            lines.whole(place.start.min(other.start), place.end.max(other.end))
        };
        let is_near = |label: &&Label| {
            let (start, end) = around(label);
            end - start <= LONGEST
        };
        let (near, far): (Vec<_>, Vec<_>) = diagnostic.related.iter().partition(is_near);
        let (start, end) = near.iter().fold((start, end), |(start, end), label| {
            let other = around(label);
            (start.min(other.0), end.max(other.1))
        });
        Some(Self {
            start,
            end,
            near,
            far,
        })
    }

    fn snippet(
        &self,
        diagnostic: &'a Diagnostic,
        lines: &Lines<'a>,
    ) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
        let source = lines.source();
        let range = |span: Span| {
            let span = first_line(source, source.trim(span));
            span.start.saturating_sub(self.start)..span.end.saturating_sub(self.start)
        };
        let mut primary = AnnotationKind::Primary.span(range(diagnostic.span));
        if !diagnostic.label.is_empty() {
            primary = primary.label(printable(&diagnostic.label));
        }
        let related = self.near.iter().map(|label| {
            AnnotationKind::Context
                .span(range(label.span))
                .label(printable(&label.text))
        });
        let text = source.text.get(self.start..self.end).unwrap_or_default();
        Snippet::source(text)
            .line_start(lines.position(self.start).line)
            .path(printable(&source.path))
            .annotation(primary)
            .annotations(related)
    }
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

#[cfg(test)]
mod tests {
    use super::super::{Code, Source};
    use super::*;

    fn told(text: &str, diagnostic: &Diagnostic) -> String {
        let source = Source {
            path: "spec.yaml".to_owned(),
            text: text.to_owned(),
        };
        render(diagnostic, &Lines::of(&source), false, 80)
    }

    #[test]
    fn a_line_too_long_to_be_shown_is_named_by_its_place() {
        let text = format!("a: 1\nb: {}wrong", "é".repeat(LONGEST));
        let start = text.len() - 5;
        let span = Span::new(start, text.len());
        let diagnostic =
            Diagnostic::error(Code::InvalidValue, span, "this is wrong").help("mend it");
        insta::assert_snapshot!(told(&text, &diagnostic), @"
        error[invalid-value]: this is wrong
        --> spec.yaml:2:4100
         = help: mend it
        ");
    }

    #[test]
    fn a_place_too_far_away_to_be_shown_is_named() {
        let text = format!("- one\n{}- two\n- three\n", "# far\n".repeat(LONGEST));
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            Span::new(start, start + word.len())
        };
        let diagnostic = Diagnostic::error(Code::NameClash, at("three"), "two are alike")
            .labelled("again here")
            .related(at("one"), "first here")
            .related(at("two"), "and here")
            .help("remove one");
        insta::assert_snapshot!(told(&text, &diagnostic), @"
        error[name-clash]: two are alike
            --> spec.yaml:4099:3
             |
        4098 | - two
             |   --- and here
        4099 | - three
             |   ^^^^^ again here
             |
             = note: first here: line 1, column 3
             = help: remove one
        ");
    }
}
