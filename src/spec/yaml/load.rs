//! Events to a tree, with limits on what a hostile file can cost.

use std::collections::BTreeMap;

use granit_parser::{BorrowedInput, Event, Parser, ScalarStyle, ScanError};
use indexmap::IndexMap;

use super::{Content, Entry, Node, scalar};
use crate::diagnostic::{Code, Diagnostic, Span};

/// Far more than any spec needs; a file of this depth is an attack or an accident.
const DEPTH_LIMIT: usize = 64;
/// Nodes after aliases are expanded. A spec of a thousand lines has some three thousand.
const NODE_LIMIT: usize = 100_000;
/// Text counts too, so that aliases to one long string cannot fill the memory.
const BYTES_PER_NODE: usize = 256;

/// Reads one YAML document.
///
/// The tree is `None` when the text is empty or not YAML at all; otherwise it is complete but for
/// what the diagnostics name (the second of two equal keys is left out, for example).
#[must_use]
pub fn load(text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    let mut loader = Loader {
        parser: Parser::new_from_str(text),
        text,
        anchors: BTreeMap::new(),
        nodes: 0,
        diagnostics: Vec::new(),
    };
    let tree = loader.document().unwrap_or_else(|stop| {
        loader.diagnostics.push(stop.0);
        None
    });
    (tree, loader.diagnostics)
}

/// Why reading ends here and now.
struct Stop(Diagnostic);

struct Loader<'a, T: BorrowedInput<'a>> {
    parser: Parser<'a, T>,
    text: &'a str,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    diagnostics: Vec<Diagnostic>,
}

impl<'a, T: BorrowedInput<'a>> Loader<'a, T> {
    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(root),
                Event::DocumentStart(..) if root.is_some() => {
                    self.diagnostics.push(
                        Diagnostic::error(Code::YamlFeature, span, "a second YAML document").help(
                            "a spec is one document: put the other one into a file of its own",
                        ),
                    );
                    return Ok(root);
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        loop {
            let Some(item) = self.parser.next_event() else {
                return Ok((Event::StreamEnd, self.span(None, None)));
            };
            let (event, span) = item.map_err(|error| Stop(self.syntax_error(&error)))?;
            let span = self.span(span.start.byte_offset(), span.end.byte_offset());
            if event.is_node()
                || matches!(
                    event,
                    Event::StreamEnd
                        | Event::DocumentStart(..)
                        | Event::SequenceEnd
                        | Event::MappingEnd
                )
            {
                return Ok((event, span));
            }
        }
    }

    /// A span of whole characters; `None` is the end of the text.
    fn span(&self, start: Option<usize>, end: Option<usize>) -> Span {
        let length = self.text.len();
        let start = self.text.floor_char_boundary(start.unwrap_or(length));
        let end = self.text.ceil_char_boundary(end.unwrap_or(length));
        Span::new(start, end.max(start))
    }

    fn syntax_error(&self, error: &ScanError) -> Diagnostic {
        let offset = error.marker().byte_offset();
        let message = error.info();
        Diagnostic::error(
            Code::YamlSyntax,
            self.span(offset, offset.map(|offset| offset + 1)),
            format!("not YAML: {message}"),
        )
        .help("check the indentation and the quotes on this line and the one above")
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Stop> {
        self.charge(1, span)?;
        if depth > DEPTH_LIMIT {
            let message = format!("nested more than {DEPTH_LIMIT} levels deep");
            return Err(Stop(Diagnostic::error(Code::YamlLimit, span, message)));
        }
        self.refuse_tag(&event, span);
        let before = self.nodes;
        let anchor = event
            .anchor_id()
            .filter(|_| !matches!(event, Event::Alias(_)));
        let node = match event {
            Event::Alias(id) => return self.alias(id, span),
            Event::Scalar(text, style, ..) => {
                self.charge(text.len() / BYTES_PER_NODE, span)?;
                self.scalar(&text, style, span)
            }
            Event::SequenceStart(..) => self.sequence(span, depth)?,
            Event::MappingStart(..) => self.mapping(span, depth)?,
            _ => Node {
                content: Content::Null,
                span,
            },
        };
        if let Some(id) = anchor.filter(|id| *id != 0) {
            self.anchors
                .insert(id, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn charge(&mut self, nodes: usize, span: Span) -> Result<(), Stop> {
        self.nodes += nodes;
        if self.nodes > NODE_LIMIT {
            let message = format!("more than {NODE_LIMIT} values, aliases expanded");
            return Err(Stop(Diagnostic::error(Code::YamlLimit, span, message)));
        }
        Ok(())
    }

    fn refuse_tag(&mut self, event: &Event<'a>, span: Span) {
        if event.tag().is_some() {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::YamlFeature,
                    span,
                    "a YAML tag has no meaning in a spec",
                )
                .help("remove the `!...`; quote the value if it is meant as text"),
            );
        }
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<Node, Stop> {
        let (node, size) = self.anchors.get(&id).map_or_else(
            || {
                (
                    Node {
                        content: Content::Null,
                        span,
                    },
                    1,
                )
            },
            Clone::clone,
        );
        self.charge(size, span)?;
        Ok(Node { span, ..node })
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, span: Span) -> Node {
        if style != ScalarStyle::Plain {
            return Node {
                content: Content::String(text.to_owned()),
                span,
            };
        }
        if let Some(reason) = scalar::ambiguity(text) {
            self.diagnostics.push(
                Diagnostic::warning(
                    Code::AmbiguousScalar,
                    span,
                    format!("`{text}` is ambiguous: {reason}"),
                )
                .help(format!("quote it if it is meant as text: \"{text}\"")),
            );
        }
        let content = scalar::resolve(text).unwrap_or_else(|| {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::InvalidValue,
                    span,
                    format!("`{text}` is not a number to compare with"),
                )
                .help("write a finite number"),
            );
            Content::Null
        });
        Node { content, span }
    }

    fn sequence(&mut self, start: Span, depth: usize) -> Result<Node, Stop> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd | Event::StreamEnd) {
                let span = Span::new(start.start, span.end);
                return Ok(Node {
                    content: Content::Sequence(items),
                    span,
                });
            }
            items.push(self.node(event, span, depth + 1)?);
        }
    }

    fn mapping(&mut self, start: Span, depth: usize) -> Result<Node, Stop> {
        let mut entries: IndexMap<String, Entry> = IndexMap::new();
        loop {
            let (event, key_span) = self.next()?;
            if matches!(event, Event::MappingEnd | Event::StreamEnd) {
                let span = Span::new(start.start, key_span.end);
                return Ok(Node {
                    content: Content::Mapping(entries),
                    span,
                });
            }
            let key = self.key(event, key_span, depth)?;
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            let Some(key) = key else { continue };
            if let Some(first) = entries.get(&key) {
                self.duplicate(&key, first.key_span, key_span);
            } else {
                entries.insert(key, Entry { key_span, value });
            }
        }
    }

    fn key(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Option<String>, Stop> {
        if let Event::Scalar(text, style, ..) = &event {
            self.charge(1, span)?;
            self.refuse_tag(&event, span);
            if text == "<<" && *style == ScalarStyle::Plain {
                self.diagnostics.push(
                    Diagnostic::error(Code::YamlFeature, span, "merge keys are not supported")
                        .help("write the keys out: YAML 1.2 has no `<<`, and readers treat it differently"),
                );
                return Ok(None);
            }
            return Ok(Some(text.to_string()));
        }
        self.node(event, span, depth + 1)?;
        self.diagnostics.push(
            Diagnostic::error(Code::YamlFeature, span, "a key must be a plain name")
                .help("quote the key if it begins with `*`, `[` or `{`"),
        );
        Ok(None)
    }

    fn duplicate(&mut self, key: &str, first: Span, second: Span) {
        self.diagnostics.push(
            Diagnostic::error(
                Code::DuplicateKey,
                second,
                format!("the key `{key}` stands twice"),
            )
            .labelled("again here")
            .related(first, "first here")
            .help("remove one of them: YAML readers disagree on which one counts"),
        );
    }
}
