//! How messages name types, values and places.

use jsonschema::error::TypeKind;

use super::yaml::Content;

pub(super) fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => type_name(&kind.to_string()).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.to_string()).collect();
            let names: Vec<_> = names.iter().map(|name| type_name(name)).collect();
            names.join(" or ")
        }
    }
}

pub(super) fn type_name(name: &str) -> &str {
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

pub(super) fn found_name(content: &Content) -> &'static str {
    match content {
        Content::Null => "nothing",
        Content::Bool(_) => "true or false",
        Content::Number(..) => "a number",
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

pub(super) fn inside(pointer: &str) -> String {
    let segments: Vec<_> = pointer.split('/').skip(1).collect();
    match segments.as_slice() {
        [] => String::new(),
        ["gates", _, "checks", _] => " in a check".to_owned(),
        ["gates", _, "checks", _, key] => format!(" in the `{key}` of a check"),
        _ => format!(" in `{}`", dotted(pointer)),
    }
}
