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
