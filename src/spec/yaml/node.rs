//! The tree: JSON's kinds of values, each with its span.

use indexmap::IndexMap;
use serde_json::{Map, Number, Value};

use crate::diagnostic::Span;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub content: Content,
    /// Where it stands.
    pub span: Span,
}

/// A value, of one of JSON's kinds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A finite number, and its digits as they are written: the double may hold fewer.
    Number(Number, String),
    /// Text.
    String(String),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in the order written, without duplicate keys.
    Mapping(IndexMap<String, Entry>),
}

/// What a key of a mapping has.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where the key stands.
    pub key_span: Span,
    /// Its value.
    pub value: Node,
}

/// What a JSON pointer points at.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The value.
    pub node: &'a Node,
    /// Where its key stands; `None` at the root and in a list.
    pub key_span: Option<Span>,
}

impl Place<'_> {
    /// What to underline: a scalar itself, and of a block its key.
    #[must_use]
    pub fn span(&self) -> Span {
        match (&self.node.content, self.key_span) {
            (Content::Mapping(_) | Content::Sequence(_) | Content::Null, Some(key)) => key,
            _ => self.node.span,
        }
    }
}

impl Node {
    /// The same value without spans.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(value, _) => Value::Number(value.clone()),
            Content::String(value) => Value::String(value.clone()),
            Content::Sequence(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Content::Mapping(entries) => Value::Object(
                entries
                    .iter()
                    .map(|(key, entry)| (key.clone(), entry.value.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// The value at a JSON pointer (RFC 6901), or the nearest one above it that exists.
    #[must_use]
    pub fn nearest(&self, pointer: &str) -> Place<'_> {
        let mut place = Place {
            node: self,
            key_span: None,
        };
        for segment in pointer.split('/').skip(1) {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            match place.node.child(&segment) {
                Some(child) => place = child,
                None => break,
            }
        }
        place
    }

    /// The value at a JSON pointer, if there is one.
    #[must_use]
    pub fn find(&self, pointer: &str) -> Option<Place<'_>> {
        let root = Place {
            node: self,
            key_span: None,
        };
        pointer.split('/').skip(1).try_fold(root, |place, segment| {
            let segment = segment.replace("~1", "/").replace("~0", "~");
            place.node.child(&segment)
        })
    }

    /// The value of a key of a mapping, or the item of a list.
    #[must_use]
    pub fn child(&self, segment: &str) -> Option<Place<'_>> {
        match &self.content {
            Content::Mapping(entries) => entries.get(segment).map(|entry| Place {
                node: &entry.value,
                key_span: Some(entry.key_span),
            }),
            Content::Sequence(items) => {
                let node = items.get(segment.parse::<usize>().ok()?)?;
                Some(Place {
                    node,
                    key_span: None,
                })
            }
            _ => None,
        }
    }
}
