//! What does not fit the schema, taken out of a value, so that later rules still see the rest.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Map, Value};

/// Takes what an error is about out of the value, and leaves everything else.
pub(super) fn prune(value: &mut Value, error: &ValidationError<'_>) {
    let pointer = error.instance_path().as_str();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            if let Some(Value::Object(object)) = value.pointer_mut(pointer) {
                object.retain(|key, _| !unexpected.contains(key));
            }
        }
        ValidationErrorKind::Type { kind } => {
            let wants_mapping =
                matches!(kind, TypeKind::Single(kind) if kind.to_string() == "object");
            if wants_mapping {
                // An empty mapping keeps the name known to those who refer to it.
                if let Some(place) = value.pointer_mut(pointer) {
                    *place = Value::Object(Map::new());
                }
            } else {
                remove(value, pointer);
            }
        }
        _ => {}
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return;
    };
    match value.pointer_mut(parent) {
        Some(Value::Object(object)) => {
            object.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            if let Some(item) = key
                .parse()
                .ok()
                .and_then(|index: usize| items.get_mut(index))
            {
                *item = Value::String(String::new());
            }
        }
        _ => {}
    }
}
