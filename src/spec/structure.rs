//! The shape of a spec: every key known, every value of its type, by the JSON Schema.
//!
//! The one decision here: after its errors are reported, a value is pruned to what fits, so that
//! the rules that come later still see the rest and report their problems in the same pass.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Map, Value};

use super::prune::prune;
use super::schema;
use super::wording::{dotted, found_name, inside, type_names};
use super::yaml::{Content, Node};
use crate::diagnostic::{Code, Diagnostic, Source, nearest};

/// What does not fit the schema.
#[derive(Debug, Default)]
pub(super) struct Misfits {
    /// Every problem found.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The JSON pointers of the values they are about.
    pub(super) pointers: BTreeSet<String>,
}

/// Reports everything that does not fit the schema, and prunes it from `value`.
pub(super) fn check(source: &Source, tree: &Node, value: &mut Value) -> Misfits {
    let Some(compiled) = compiled() else {
        return Misfits::default();
    };
    let original = value.clone();
    let found: Vec<_> = compiled.validator.iter_errors(&original).collect();
    let errors: Vec<_> = found.iter().flat_map(leaves).collect();
    let reporter = Reporter {
        source,
        tree,
        schema: &compiled.schema,
    };
    let diagnostics = errors
        .iter()
        .flat_map(|error| reporter.report(error))
        .collect();
    prune(value, &errors);
    let pointer = |error: &&ValidationError<'_>| error.instance_path().as_str().to_owned();
    Misfits {
        diagnostics,
        pointers: errors.iter().map(pointer).collect(),
    }
}

/// Where a value may be of several shapes, what is wrong is what is wrong with the shape of its
/// type.
fn leaves<'e>(error: &'e ValidationError<'_>) -> Vec<&'e ValidationError<'e>> {
    let ValidationErrorKind::AnyOf { context } = error.kind() else {
        return vec![error];
    };
    let is_of_the_type = |branch: &&Vec<ValidationError<'static>>| {
        !branch.iter().any(|inner| {
            matches!(inner.kind(), ValidationErrorKind::Type { .. })
                && inner.instance_path() == error.instance_path()
        })
    };
    context.iter().find(is_of_the_type).map_or_else(
        || vec![error],
        |branch| branch.iter().flat_map(leaves).collect(),
    )
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
            ValidationErrorKind::Type { kind } => {
                self.wrong_type(error, pointer, &type_names(kind))
            }
            ValidationErrorKind::AnyOf { context } => {
                let kinds = context
                    .iter()
                    .flatten()
                    .filter_map(|inner| match inner.kind() {
                        ValidationErrorKind::Type { kind } => Some(type_names(kind)),
                        _ => None,
                    });
                let expected = kinds.collect::<Vec<_>>().join(" or ");
                self.wrong_type(error, pointer, &expected)
            }
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
        let value = parent.child(key).map(|place| &place.node.content);
        let help = match (nearest(key, known.iter().copied()), value) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some(Content::String(text))) if text.starts_with(['<', '>', '=', '!']) => {
                format!("a check is one line: write `- {key} {text}`")
            }
            _ => format!("known keys here: {}", known.join(", ")),
        };
        Diagnostic::error(Code::UnknownKey, span, message).help(help)
    }

    fn missing_key(&self, pointer: &str, property: &Value) -> Diagnostic {
        let key = property.as_str().unwrap_or_default();
        let place = self.tree.nearest(pointer);
        let span = place
            .key_span
            .unwrap_or_else(|| self.source.trim(place.node.span));
        let message = format!("the required key `{key}` is missing{}", inside(pointer));
        let example = match (pointer, key) {
            ("", "version") => "add `version: 1`".to_owned(),
            ("", "project") => "add `project: <name>`".to_owned(),
            _ => format!("add `{key}:`"),
        };
        Diagnostic::error(Code::MissingKey, span, message).help(example)
    }

    fn wrong_type(&self, error: &ValidationError<'_>, pointer: &str, expected: &str) -> Diagnostic {
        let place = self.tree.nearest(pointer);
        let found = match &place.node.content {
            Content::Number(_, digits) if expected == "a whole number" => digits,
            content => found_name(content),
        };
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
            ValidationErrorKind::MinProperties { .. } => "is empty".to_owned(),
            ValidationErrorKind::MaxProperties { .. } => "takes one key".to_owned(),
            ValidationErrorKind::Minimum { limit } => format!("is less than {limit}"),
            ValidationErrorKind::Maximum { limit } => format!("is more than {limit}"),
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
            here = self.mapping(here);
            let segment = segment.replace("~1", "/").replace("~0", "~");
            here = here["properties"]
                .get(&segment)
                .or_else(|| here.get("additionalProperties"))
                .or_else(|| here.get("items"))?;
        }
        if error.instance().is_object() {
            here = self.mapping(here);
        }
        self.resolved(here).as_object()
    }

    /// The schema itself, or of several shapes the one that is a mapping.
    fn mapping<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let schema = self.resolved(schema);
        let shapes = schema.get("anyOf").and_then(Value::as_array);
        shapes
            .into_iter()
            .flatten()
            .map(|shape| self.resolved(shape))
            .find(|shape| shape.get("properties").is_some())
            .unwrap_or(schema)
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
