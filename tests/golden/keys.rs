//! The keys of the schema, held against those that the golden specs use: what no golden uses, no
//! linter has seen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The value of a `$ref`, or the schema itself.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    schema["$ref"].as_str().map_or(schema, |reference| {
        root.pointer(reference.trim_start_matches('#')).unwrap()
    })
}

/// Every key that the schema knows, as `gates.*.checks[].test.kind`.
fn known_keys(root: &Value, schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let schema = resolved(root, schema);
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        known_keys(root, inner, &path, keys);
        keys.insert(path);
    }
    for shape in schema["anyOf"].as_array().into_iter().flatten() {
        known_keys(root, shape, path, keys);
    }
    if schema["items"].is_object() {
        known_keys(root, &schema["items"], &format!("{path}[]"), keys);
    }
    if schema["additionalProperties"].is_object() {
        let inner = &schema["additionalProperties"];
        known_keys(root, inner, &format!("{path}.*"), keys);
    }
}

/// Every key that a value uses, by the schema's own paths.
fn used_keys(
    value: &serde_yaml::Value,
    path: &str,
    known: &BTreeSet<String>,
    used: &mut BTreeSet<String>,
) {
    match value {
        serde_yaml::Value::Mapping(map) => {
            for (key, inner) in map {
                let named = format!("{path}.{}", key.as_str().unwrap());
                let path = if known.contains(&named) {
                    named
                } else {
                    format!("{path}.*")
                };
                used_keys(inner, &path, known, used);
                used.insert(path);
            }
        }
        serde_yaml::Value::Sequence(items) => {
            for item in items {
                used_keys(item, &format!("{path}[]"), known, used);
            }
        }
        _ => {}
    }
}

/// The spec of a case, wherever it stands in its repository.
fn spec_of(case: &Path) -> PathBuf {
    let inputs = super::files(case);
    let mut specs = inputs.iter();
    let spec = specs.find(|(path, _)| path.ends_with("gatewright.yaml"));
    spec.unwrap().1.clone()
}

#[test]
fn every_key_that_the_schema_knows_is_used_by_the_spec_of_a_golden_tree() {
    let schema: Value = serde_json::from_str(gatewright::spec::schema::TEXT).unwrap();
    let mut known = BTreeSet::new();
    known_keys(&schema, &schema, "", &mut known);
    assert!(known.len() > 300, "only {} keys were found", known.len());
    let cases = super::cases();
    assert!(cases.len() >= 12, "only {} golden trees", cases.len());
    let mut used = BTreeSet::new();
    for case in cases {
        let text = std::fs::read_to_string(spec_of(&case)).unwrap();
        used_keys(&serde_yaml::from_str(&text).unwrap(), "", &known, &mut used);
    }
    let unused: Vec<_> = known.difference(&used).collect();
    assert_eq!(
        unused,
        Vec::<&String>::new(),
        "keys that no spec in tests/golden uses"
    );
}
