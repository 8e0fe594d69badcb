//! The shape of a spec: every key known, every value of its type, by the JSON Schema.
//!
//! The one decision here: after its errors are reported, a value is pruned to what fits, so that
//! the rules that come later still see the rest and report their problems in the same pass.

use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use super::prune::prune;
use super::schema;
use super::yaml::{Content, Node};
use crate::diagnostic::{Code, Diagnostic, Source, nearest};

/// Reports everything that does not fit the schema, and prunes it from `value`.
pub(super) fn check(source: &Source, tree: &Node, value: &mut Value) -> Vec<Diagnostic> {
    let Some(compiled) = compiled() else {
        return Vec::new();
    };
    let original = value.clone();
    let errors: Vec<_> = compiled
        .validator
        .iter_errors(&original)
        .filter(|error| !is_in_a_check(error.instance_path().as_str()))
        .collect();
    let reporter = Reporter {
        source,
        tree,
        schema: &compiled.schema,
    };
    let diagnostics = errors
        .iter()
        .flat_map(|error| reporter.report(error))
        .collect();
    for error in &errors {
        prune(value, error);
    }
    diagnostics
}

struct Compiled {
    schema: Value,
    validator: Validator,
}

fn compiled() -> Option<&'static Compiled> {
    static COMPILED: OnceLock<Option<Compiled>> = OnceLock::new();
    let compile = || {
        let schema: Value = serde_json::from_str(schema::TEXT).ok()?;
        let validator = jsonschema::validator_for(&schema).ok()?;
        Some(Compiled { schema, validator })
    };
    COMPILED.get_or_init(compile).as_ref()
}

/// Items of `/gates/<name>/checks` are read by the grammar, which says more than a schema can.
fn is_in_a_check(pointer: &str) -> bool {
    let mut segments = pointer.split('/').skip(1);
    segments.next() == Some("gates")
        && segments.nth(1) == Some("checks")
        && segments.next().is_some()
}

struct Reporter<'a> {
    source: &'a Source,
    tree: &'a Node,
    schema: &'a Value,
}

impl Reporter<'_> {
    fn report(&self, error: &ValidationError<'_>) -> Vec<Diagnostic> {
        let pointer = error.instance_path().as_str();
        if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
            return unexpected
                .iter()
                .map(|key| self.unknown_key(error, pointer, key))
                .collect();
        }
        vec![match error.kind() {
            ValidationErrorKind::Required { property } => self.missing_key(pointer, property),
            ValidationErrorKind::Type { kind } => self.wrong_type(error, pointer, kind),
            ValidationErrorKind::Enum { options } => self.not_an_option(error, pointer, options),
            _ => self.invalid_value(error, pointer),
        }]
    }

    fn unknown_key(&self, error: &ValidationError<'_>, pointer: &str, key: &str) -> Diagnostic {
        let parent = self.tree.nearest(pointer).node;
        let span = parent
            .child(key)
            .and_then(|place| place.key_span)
            .unwrap_or(parent.span);
        let known: Vec<_> = self
            .object_schema(error)
            .and_then(|object| object.get("properties")?.as_object())
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let message = format!("unknown key `{key}`{}", inside(pointer));
        let help = nearest(key, known.iter().copied()).map_or_else(
            || format!("known keys here: {}", known.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Diagnostic::error(Code::UnknownKey, span, message).help(help)
    }

    fn missing_key(&self, pointer: &str, property: &Value) -> Diagnostic {
        let key = property.as_str().unwrap_or_default();
        let span = self.tree.nearest(pointer).key_span.unwrap_or_else(|| {
            let first = self.source.trim(self.tree.span);
            first.slice(0, first.end)
        });
        let message = format!("the required key `{key}` is missing{}", inside(pointer));
        let example = match (pointer, key) {
            ("", "version") => "add `version: 1`".to_owned(),
            ("", "project") => "add `project: <name>`".to_owned(),
            _ => format!("add `{key}:`"),
        };
        Diagnostic::error(Code::MissingKey, span, message).help(example)
    }

    fn wrong_type(
        &self,
        error: &ValidationError<'_>,
        pointer: &str,
        kind: &TypeKind,
    ) -> Diagnostic {
        let place = self.tree.nearest(pointer);
        let expected = match kind {
            TypeKind::Single(kind) => type_name(&kind.to_string()).to_owned(),
            TypeKind::Multiple(kinds) => {
                let names: Vec<_> = kinds.iter().map(|kind| kind.to_string()).collect();
                names
                    .iter()
                    .map(|name| type_name(name))
                    .collect::<Vec<_>>()
                    .join(" or ")
            }
        };
        let found = found_name(&place.node.content);
        let message = format!("`{}` takes {expected}, found {found}", dotted(pointer));
        let span = place.span();
        let diagnostic = Diagnostic::error(Code::WrongType, span, message);
        let written = self
            .source
            .text
            .get(span.start..span.end)
            .unwrap_or_default()
            .trim();
        let is_scalar = !matches!(
            place.node.content,
            Content::Mapping(_) | Content::Sequence(_) | Content::Null
        );
        let schema = self.object_schema(error);
        if expected == "text" && is_scalar {
            diagnostic.help(format!("quote it: \"{written}\""))
        } else if expected == "true or false" {
            diagnostic.help("write `true` or `false`")
        } else {
            match schema.and_then(example) {
                Some(example) => diagnostic.help(format!("for example `{example}`")),
                None if expected == "a mapping" => {
                    let key = pointer.rsplit('/').next().unwrap_or_default();
                    diagnostic.help(format!("for the defaults, write `{key}: {{}}`"))
                }
                None => diagnostic,
            }
        }
    }

    fn not_an_option(
        &self,
        error: &ValidationError<'_>,
        pointer: &str,
        options: &Value,
    ) -> Diagnostic {
        let options: Vec<_> = options
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let value = error.instance().as_str().unwrap_or_default();
        let message = format!("`{value}` is not a value of `{}`", dotted(pointer));
        let help = nearest(value, options.iter().copied()).map_or_else(
            || format!("one of: {}", options.join(", ")),
            |near| {
                format!(
                    "did you mean `{near}`? It is one of: {}",
                    options.join(", ")
                )
            },
        );
        Diagnostic::error(
            Code::InvalidValue,
            self.tree.nearest(pointer).span(),
            message,
        )
        .help(help)
    }

    fn invalid_value(&self, error: &ValidationError<'_>, pointer: &str) -> Diagnostic {
        let what = match error.kind() {
            ValidationErrorKind::MinLength { .. } | ValidationErrorKind::MinItems { .. } => {
                "is empty".to_owned()
            }
            ValidationErrorKind::MaxLength { limit } => {
                format!("is longer than {limit} characters")
            }
            ValidationErrorKind::Pattern { .. } => {
                let value = error.instance().as_str().unwrap_or_default();
                format!("cannot be `{value}`")
            }
            _ => format!("is not valid: {}", error.masked()),
        };
        let message = format!("`{}` {what}", dotted(pointer));
        let diagnostic = Diagnostic::error(
            Code::InvalidValue,
            self.tree.nearest(pointer).span(),
            message,
        );
        match self.object_schema(error).and_then(example) {
            Some(example) => diagnostic.help(format!("for example `{example}`")),
            None => diagnostic,
        }
    }

    /// The schema of the value an error is about.
    fn object_schema(&self, error: &ValidationError<'_>) -> Option<&Map<String, Value>> {
        let mut here = self.schema;
        for segment in error.instance_path().as_str().split('/').skip(1) {
            here = self.resolved(here);
            let segment = segment.replace("~1", "/").replace("~0", "~");
            here = here["properties"]
                .get(&segment)
                .or_else(|| here.get("additionalProperties"))
                .or_else(|| here.get("items"))?;
        }
        // A field's own description and examples stand beside its reference.
        if here.get("properties").is_none()
            && here.get("examples").is_some()
            && here.get("$ref").is_some()
        {
            let resolved = self.resolved(here);
            return resolved.as_object();
        }
        self.resolved(here).as_object()
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| self.schema.pointer(reference.trim_start_matches('#')))
            .unwrap_or(schema)
    }
}

fn example(schema: &Map<String, Value>) -> Option<String> {
    match schema.get("examples")?.as_array()?.first()? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn type_name(name: &str) -> &str {
    match name {
        "object" => "a mapping",
        "array" => "a list",
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        other => other,
    }
}

fn found_name(content: &Content) -> &'static str {
    match content {
        Content::Null => "nothing",
        Content::Bool(_) => "true or false",
        Content::Number(_) => "a number",
        Content::String(_) => "text",
        Content::Sequence(_) => "a list",
        Content::Mapping(_) => "a mapping",
    }
}

/// `/stages/train/run` as people write it: `stages.train.run`.
pub(super) fn dotted(pointer: &str) -> String {
    if pointer.is_empty() {
        return "the spec".to_owned();
    }
    pointer
        .trim_start_matches('/')
        .replace('/', ".")
        .replace("~1", "/")
        .replace("~0", "~")
}

fn inside(pointer: &str) -> String {
    if pointer.is_empty() {
        String::new()
    } else {
        format!(" in `{}`", dotted(pointer))
    }
}
