//! The JSON Schema of the spec: generated from [`super::raw`], committed, embedded, and used.
//!
//! The one decision here: what editors show and what `validate` enforces is the same file.

use schemars::{Schema, SchemaGenerator, json_schema, transform};

use super::raw;

/// The committed schema, byte for byte.
pub const TEXT: &str = include_str!("../../schemas/gatewright.schema.json");

/// Where the schema of the current major version is published.
pub const ID: &str =
    "https://raw.githubusercontent.com/gatewright/gatewright/main/schemas/gatewright.schema.json";

/// Generates the schema afresh from the types.
#[must_use]
pub fn generate() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = false)
        .with_transform(transform::RecursiveTransform(without_null))
        .with_transform(transform::RecursiveTransform(without_format));
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<raw::Spec>();
    schema.insert("$id".to_owned(), ID.into());
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    format!("{text}\n")
}

/// The schema of a list of checks: each one line of text, or a mapping.
pub(super) fn checks(generator: &mut SchemaGenerator) -> Schema {
    let mapping = generator.subschema_for::<raw::Check>();
    json_schema!({
        "type": "array",
        "minItems": 1,
        "items": {"examples": ["rmse <= 5.0"], "anyOf": [
            {
                "type": "string",
                "minLength": 1,
                "description": "A check in one line: `metric comparison threshold`, or one of the forms that begin with `signature`, `dataset`, `scorers`, `coverage`, `age`, `tag` and `param`.",
                "examples": ["rmse <= 5.0", "r2 >= champion - 0.01", "log_loss <= champion + 2%", "recall[region=*] >= 0.70"]
            },
            mapping
        ]}
    })
}

/// The schema of the place where a metric is read: a word, or a mapping.
pub(super) fn from(generator: &mut SchemaGenerator) -> Schema {
    let mapping = generator.subschema_for::<raw::Place>();
    json_schema!({
        "anyOf": [
            {"type": "string", "enum": ["run", "model"], "description": "The source run of the version, or its logged model."},
            mapping
        ]
    })
}

/// The schema of where stages run: a word, or a mapping.
pub(super) fn compute(generator: &mut SchemaGenerator) -> Schema {
    let mapping = generator.subschema_for::<raw::ComputeSettings>();
    json_schema!({
        "anyOf": [
            {"type": "string", "enum": ["runner", "databricks"], "description": "The machine of the CI job, or a serverless job on Databricks."},
            mapping
        ]
    })
}

/// The schema of a runner: a label, several, or a group.
pub(super) fn runner(generator: &mut SchemaGenerator) -> Schema {
    let group = generator.subschema_for::<raw::RunnerGroup>();
    json_schema!({
        "anyOf": [
            {"type": "string", "minLength": 1, "description": "The label of the runner."},
            {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "minLength": 1},
                "description": "Labels, all of which the runner must have."
            },
            group
        ]
    })
}

/// The schema of a number whose digits count: text is taken as well.
pub(super) fn decimal(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": ["number", "string"],
        "pattern": "^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?$"
    })
}

/// The schema of a value that an imported document must hold.
pub(super) fn expected(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["string", "number", "boolean"], "minLength": 1})
}

/// Absent is absent: a field may be left out, and may not be `null`.
fn without_null(schema: &mut Schema) {
    if let Some(types) = schema
        .get_mut("type")
        .and_then(|types| types.as_array_mut())
    {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    let Some(variants) = schema.get("anyOf").and_then(|variants| variants.as_array()) else {
        return;
    };
    let kept: Vec<_> = variants
        .iter()
        .filter(|variant| variant["type"] != "null")
        .cloned()
        .collect();
    if kept.len() < variants.len()
        && let [serde_json::Value::Object(only)] = kept.as_slice()
    {
        schema.remove("anyOf");
        for (key, value) in only {
            schema.insert(key.clone(), value.clone());
        }
    }
}

/// `uint64` means nothing to an editor.
fn without_format(schema: &mut Schema) {
    schema.remove("format");
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_field_has_a_description_an_example_and_a_default_unless_required() {
        let schema: Value = serde_json::from_str(TEXT).unwrap();
        let definitions = schema["$defs"].as_object().unwrap();
        let mut fields = 0;
        for (name, object) in definitions.iter().chain([(&"root".to_owned(), &schema)]) {
            let required = object["required"].as_array().cloned().unwrap_or_default();
            for (key, field) in object["properties"].as_object().unwrap() {
                fields += 1;
                assert!(
                    field["description"].is_string(),
                    "{name}.{key} has no description"
                );
                assert!(field["examples"].is_array(), "{name}.{key} has no example");
                let is_required = required.contains(&Value::from(key.as_str()));
                assert!(
                    is_required || field.get("default").is_some(),
                    "{name}.{key} has no default"
                );
            }
        }
        assert!(fields > 40, "only {fields} fields were looked at");
    }
}
