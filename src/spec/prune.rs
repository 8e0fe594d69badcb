//! What does not fit the schema, taken out of a value, so that later rules still see the rest.
//!
//! The one decision here: what is taken out of one mapping is taken out in one pass. One key at a
//! time would take time that grows with the square of what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Map, Value};

/// Takes what errors are about out of the value, and leaves everything else.
pub(super) fn prune(value: &mut Value, errors: &[&ValidationError<'_>]) {
    let mut unfit: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for error in errors {
        let pointer = error.instance_path().as_str();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let keys = unfit.entry(pointer).or_default();
                keys.extend(unexpected.iter().cloned());
            }
            ValidationErrorKind::Type { kind } if wants_mapping(kind) => {
                // An empty mapping keeps the name known to those who refer to it.
                if let Some(place) = value.pointer_mut(pointer) {
                    *place = Value::Object(Map::new());
                }
            }
            ValidationErrorKind::Type { .. } => {
                if let Some((parent, key)) = pointer.rsplit_once('/') {
                    let key = key.replace("~1", "/").replace("~0", "~");
                    unfit.entry(parent).or_default().insert(key);
                }
            }
            _ => {}
        }
    }
    for (pointer, keys) in unfit {
        if let Some(place) = value.pointer_mut(pointer) {
            remove(place, &keys);
        }
    }
}

fn wants_mapping(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Single(kind) if kind.to_string() == "object")
}

fn remove(place: &mut Value, keys: &BTreeSet<String>) {
    match place {
        Value::Object(object) => object.retain(|key, _| !keys.contains(key)),
        Value::Array(items) => {
            for index in keys.iter().filter_map(|key| key.parse::<usize>().ok()) {
                if let Some(item) = items.get_mut(index) {
                    *item = Value::String(String::new());
                }
            }
        }
        _ => {}
    }
}
