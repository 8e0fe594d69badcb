//! The place in the line up to which it is read.
//!
//! The one decision here: it only moves forward, so that a line is read in linear time.

use super::error::SyntaxError;
use super::word::{Word, is_of_a_name};

pub(super) struct Cursor<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    /// The first byte that is not read yet.
    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.offset += rest.len() - rest.trim_start().len();
    }

    /// The next character that is not white space.
    pub(super) fn peek(&mut self) -> Option<char> {
        self.skip_space();
        self.rest().chars().next()
    }

    /// Steps over `symbol` if it comes next.
    pub(super) fn accept(&mut self, symbol: char) -> bool {
        let found = self.peek() == Some(symbol);
        if found {
            self.offset += symbol.len_utf8();
        }
        found
    }

    /// Steps over `count` bytes; they must have been seen in [`Self::rest`].
    pub(super) fn advance(&mut self, count: usize) {
        self.offset = (self.offset + count).min(self.text.len());
    }

    /// The characters from here on that belong together, after white space.
    pub(super) fn take(&mut self, belongs: impl Fn(char) -> bool) -> Word<'a> {
        self.skip_space();
        let rest = self.rest();
        let length = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let start = self.offset;
        self.offset += length;
        Word {
            start,
            text: rest.get(..length).unwrap_or_default(),
        }
    }

    /// A bare name; empty where none begins here.
    pub(super) fn bare(&mut self) -> Word<'a> {
        self.take(is_of_a_name)
    }

    /// Everything up to white space.
    pub(super) fn chunk(&mut self) -> Word<'a> {
        self.take(|c| !c.is_whitespace())
    }

    /// What comes next, without stepping over it: a name, else the characters up to white space.
    pub(super) fn ahead(&mut self) -> Word<'a> {
        let start = self.offset;
        let mut word = self.bare();
        if word.text.is_empty() {
            word = self.chunk();
        }
        self.offset = start;
        word
    }

    /// An error about what comes next.
    pub(super) fn error(
        &mut self,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> SyntaxError {
        self.ahead().error(message, help)
    }
}
