//! The published schema of the document.

use super::Decision;

/// Where the document's schema is published.
pub const SCHEMA_ID: &str =
    "https://raw.githubusercontent.com/gatewright/gatewright/main/schemas/decision.v1.schema.json";

/// The committed schema of the document, byte for byte.
pub const SCHEMA_TEXT: &str = include_str!("../../schemas/decision.v1.schema.json");

/// Generates the schema of the document afresh from its types.
#[must_use]
pub fn generate_schema() -> String {
    let mut schema = schemars::schema_for!(Decision);
    schema.insert("$id".to_owned(), SCHEMA_ID.into());
    format!(
        "{}\n",
        serde_json::to_string_pretty(&schema).unwrap_or_default()
    )
}
