//! `gatewright schema`: prints an embedded JSON Schema.

use crate::cli::{Schema, SchemaOf};
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::{decision, plan, spec};

pub(super) fn run(arguments: &Schema, console: &mut Console<'_>) -> Result<Exit, Error> {
    let text = match arguments.of {
        SchemaOf::Spec => spec::schema::TEXT,
        SchemaOf::Decision => decision::SCHEMA_TEXT,
        SchemaOf::Hook => plan::hook_plan::SCHEMA_TEXT,
    };
    console.stdout.write_all(text.as_bytes())?;
    Ok(Exit::Yes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "how a person asks for the files to be rewritten"
    )]
    fn the_committed_schemas_are_current() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas");
        let schemas = [
            ("gatewright", spec::schema::TEXT, spec::schema::generate()),
            (
                "decision.v1",
                decision::SCHEMA_TEXT,
                decision::generate_schema(),
            ),
            (
                "hook.v1",
                plan::hook_plan::SCHEMA_TEXT,
                plan::hook_plan::generate_schema(),
            ),
        ];
        for (name, committed, generated) in schemas {
            if std::env::var_os("UPDATE_SCHEMA").is_some() {
                let path = format!("{folder}/{name}.schema.json");
                std::fs::write(path, &generated).unwrap();
            }
            assert!(
                generated == committed,
                "run `UPDATE_SCHEMA=1 cargo test schema` and commit the result"
            );
        }
    }
}
