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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "how a person asks for the file to be rewritten"
    )]
    fn the_committed_schema_is_current() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/schemas/decision.v1.schema.json"
        );
        let generated = generate_schema();
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(path, &generated).unwrap();
        }
        assert!(
            generated == SCHEMA_TEXT,
            "run `UPDATE_SCHEMA=1 cargo test schema` and commit the result"
        );
    }
}
