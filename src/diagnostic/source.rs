//! A file's text, and spans and places in it.

/// A half-open range of bytes in a [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to `end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The part of this span that begins `offset` bytes in and is `length` bytes long.
    #[must_use]
    pub fn slice(self, offset: usize, length: usize) -> Self {
        let start = (self.start + offset).min(self.end);
        Self::new(start, (start + length).min(self.end))
    }
}

/// A place for people: both counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A file that diagnostics are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its path, as messages show it.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// A span moved onto character boundaries, and without the white space at its end: the end of
    /// a YAML block is where the next one begins.
    #[must_use]
    pub fn trim(&self, span: Span) -> Span {
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end).max(start);
        let text = self.text.get(start..end).unwrap_or_default();
        Span::new(start, start + text.trim_end().len())
    }

    /// Puts stars in the place of what no log may show. Offsets stay as they are.
    pub fn mask(&mut self, span: Span) {
        let span = self.trim(span);
        let secret = self.text.get(span.start..span.end).unwrap_or_default();
        let stars = secret.chars().map(|c| {
            if c.is_whitespace() {
                c.to_string()
            } else {
                "*".repeat(c.len_utf8())
            }
        });
        let stars: String = stars.collect();
        self.text.replace_range(span.start..span.end, &stars);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_span_keeps_every_place_after_it() {
        let mut source = Source {
            path: String::new(),
            text: "a: \"é b\" # c\n".to_owned(),
        };
        let length = source.text.len();
        source.mask(Span::new(3, 9));
        assert_eq!(source.text, "a: *** ** # c\n");
        assert_eq!(source.text.len(), length);
    }

    #[test]
    fn a_span_loses_the_white_space_at_its_end_and_never_splits_a_character() {
        let source = Source {
            path: String::new(),
            text: "a: é  \n\nb".to_owned(),
        };
        assert_eq!(source.trim(Span::new(0, 9)), Span::new(0, 5));
        assert_eq!(source.trim(Span::new(4, 4)), Span::new(3, 3));
    }
}
