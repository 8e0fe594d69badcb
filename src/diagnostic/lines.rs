//! Where each line of a file begins.
//!
//! The one decision here: a file is looked through once, lines and characters both. Counting them
//! anew for each of many diagnostics would take time that grows with the square of the file, or of
//! its longest line.

use super::{Position, Source};

/// How many bytes there are between two counts of characters.
const BLOCK: usize = 1024;

/// The lines of a [`Source`], for whoever asks for many places in it.
#[derive(Debug, Clone)]
pub struct Lines<'s> {
    source: &'s Source,
    /// The first byte of each line but the first.
    starts: Vec<usize>,
    /// How many characters begin before each block of the text.
    counts: Vec<usize>,
}

impl<'s> Lines<'s> {
    /// Looks through a file.
    #[must_use]
    pub fn of(source: &'s Source) -> Self {
        let ends = source.text.match_indices('\n');
        let blocks = source.text.as_bytes().chunks(BLOCK);
        let mut count = 0;
        let counts = blocks.map(|block| {
            let before = count;
            count += characters(block);
            before
        });
        Self {
            source,
            counts: counts.collect(),
            starts: ends.map(|(at, _)| at + 1).collect(),
        }
    }

    /// The file.
    #[must_use]
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// The place of a byte offset; offsets past the end or inside a character are moved back.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.source.text.floor_char_boundary(offset);
        let (number, start) = self.line(offset);
        Position {
            line: number,
            column: self.count(offset) - self.count(start) + 1,
        }
    }

    /// The line that a byte is in, counted from 1, and where it begins.
    fn line(&self, offset: usize) -> (usize, usize) {
        let before = self.starts.partition_point(|start| *start <= offset);
        let last = before.checked_sub(1).and_then(|last| self.starts.get(last));
        (before + 1, last.copied().unwrap_or(0))
    }

    /// The first byte of the first line of a range of bytes, and one past the last of the last.
    pub(super) fn whole(&self, start: usize, end: usize) -> (usize, usize) {
        let next = self.starts.get(self.line(end).0 - 1);
        let last = next.map_or(self.source.text.len(), |next| next - 1);
        (self.line(start).1, last)
    }

    /// How many characters begin before a byte.
    fn count(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        let begun = self.source.text.as_bytes().get(block * BLOCK..offset);
        self.counts.get(block).map_or_else(
            || characters(self.source.text.as_bytes()),
            |before| before + begun.map_or(0, characters),
        )
    }
}

/// How many characters of UTF-8 begin in these bytes.
fn characters(bytes: &[u8]) -> usize {
    let begins = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
    bytes.iter().filter(begins).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: String::new(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let source = source("é: 1\nb: é2\n");
        let lines = Lines::of(&source);
        assert_eq!(lines.position(0), Position { line: 1, column: 1 });
        assert_eq!(lines.position(1), Position { line: 1, column: 1 });
        assert_eq!(lines.position(2), Position { line: 1, column: 2 });
        assert_eq!(lines.position(11), Position { line: 2, column: 5 });
        assert_eq!(lines.position(999), Position { line: 3, column: 1 });
        assert_eq!(lines.whole(1, 8), (0, 12));
        assert_eq!(lines.whole(7, 7), (6, 12));
    }

    #[test]
    fn columns_of_a_long_line_count_characters_too() {
        for length in [BLOCK, BLOCK + 1, 5 * BLOCK - 1] {
            let source = source(&format!("a\n{}", "é".repeat(length)));
            let lines = Lines::of(&source);
            for at in 0..=length {
                let expected = Position {
                    line: 2,
                    column: at + 1,
                };
                assert_eq!(lines.position(2 + 2 * at), expected);
            }
        }
    }
}
