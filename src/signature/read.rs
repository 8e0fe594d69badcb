//! The JSON of a signature to its types.
//!
//! The one decision here: a type that is not known is an error. Reading it as "anything" would
//! accept what nobody has looked at.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::schema::{Column, Param, Property, Scalar, Schema, Tensor, Type};
use crate::json;

/// Reads `inputs` or `outputs`.
pub(super) fn schema(text: &str) -> Result<Schema, String> {
    let items = list(text)?;
    let is_tensor = |item: &Map<String, Value>| text_of(item, "type").as_deref() == Ok("tensor");
    let schema = if items.iter().all(is_tensor) {
        Schema::Tensors(items.iter().map(tensor).collect::<Result<_, _>>()?)
    } else if items.iter().any(is_tensor) {
        return Err("it mixes columns and tensors".to_owned());
    } else {
        Schema::Columns(items.iter().map(column).collect::<Result<_, _>>()?)
    };
    check_names(&schema)?;
    Ok(schema)
}

/// Reads `params`.
pub(super) fn params(text: &str) -> Result<Vec<Param>, String> {
    let params: Vec<_> = list(text)?.iter().map(param).collect::<Result<_, _>>()?;
    let mut seen = BTreeSet::new();
    match params.iter().find(|param| !seen.insert(&param.name)) {
        Some(twice) => Err(format!("the parameter {:?} comes twice", twice.name)),
        None => Ok(params),
    }
}

fn list(text: &str) -> Result<Vec<Map<String, Value>>, String> {
    let Value::Array(items) = json::parse(text.as_bytes())? else {
        return Err("it is not a list".to_owned());
    };
    if items.is_empty() {
        return Err("it is an empty list".to_owned());
    }
    let objects = items.into_iter().map(|item| match item {
        Value::Object(object) => Ok(object),
        _ => Err("it holds something that is not an object".to_owned()),
    });
    objects.collect()
}

/// All have names and all names differ, or there are none (`Schema.__init__`).
fn check_names(schema: &Schema) -> Result<(), String> {
    let all: Vec<Option<&str>> = match schema {
        Schema::Columns(columns) => columns.iter().map(|it| it.name.as_deref()).collect(),
        Schema::Tensors(tensors) => tensors.iter().map(|it| it.name.as_deref()).collect(),
    };
    let named: Vec<&str> = all.iter().copied().flatten().collect();
    if !named.is_empty() && named.len() != all.len() {
        return Err("only some of it has names".to_owned());
    }
    let mut seen = BTreeSet::new();
    match named.into_iter().find(|name| !seen.insert(*name)) {
        Some(twice) => Err(format!("the name {twice:?} comes twice")),
        None if matches!(schema, Schema::Tensors(it) if it.len() > 1) && seen.is_empty() => {
            Err("several tensors have no names".to_owned())
        }
        None => Ok(()),
    }
}

fn column(item: &Map<String, Value>) -> Result<Column, String> {
    Ok(Column {
        name: name(item)?,
        kind: kind(item)?,
        required: required(item)?,
    })
}

fn tensor(item: &Map<String, Value>) -> Result<Tensor, String> {
    let Some(Value::Object(spec)) = item.get("tensor-spec") else {
        return Err("a tensor has no `tensor-spec`".to_owned());
    };
    Ok(Tensor {
        name: name(item)?,
        dtype: text_of(spec, "dtype")?,
        shape: shape(spec.get("shape"))?.ok_or("a tensor has no shape")?,
    })
}

/// Older versions of MLflow wrote `dtype` for `type` (`ParamSpec.from_json_dict`).
fn param(item: &Map<String, Value>) -> Result<Param, String> {
    let mut item = item.clone();
    if let (None, Some(dtype)) = (item.get("type"), item.get("dtype").cloned()) {
        item.insert("type".to_owned(), dtype);
    }
    Ok(Param {
        name: text_of(&item, "name")?,
        kind: kind(&item)?,
        default: item
            .get("default")
            .cloned()
            .ok_or("a parameter has no `default`")?,
        shape: shape(item.get("shape"))?,
    })
}

fn kind(item: &Map<String, Value>) -> Result<Type, String> {
    let name = text_of(item, "type")?;
    match name.as_str() {
        "array" => Ok(Type::Array(Box::new(inner(item, "items")?))),
        "map" => Ok(Type::Map(Box::new(inner(item, "values")?))),
        "object" => properties(item).map(Type::Object),
        "any" => Ok(Type::Any),
        "sparkml_vector" => Ok(Type::SparkVector),
        _ => Scalar::named(&name)
            .map(Type::Scalar)
            .ok_or_else(|| format!("the type {name:?} is not known")),
    }
}

fn inner(item: &Map<String, Value>, key: &str) -> Result<Type, String> {
    match item.get(key) {
        Some(Value::Object(inner)) => kind(inner),
        _ => Err(format!("a type has no `{key}`")),
    }
}

fn properties(item: &Map<String, Value>) -> Result<Vec<Property>, String> {
    let Some(Value::Object(properties)) = item.get("properties") else {
        return Err("an object has no `properties`".to_owned());
    };
    let read = properties.iter().map(|(name, property)| {
        let Value::Object(property) = property else {
            return Err(format!("the property {name:?} is not an object"));
        };
        Ok(Property {
            name: name.clone(),
            kind: kind(property)?,
            required: required(property)?,
        })
    });
    read.collect()
}

/// Early versions of MLflow 2 wrote `optional` for the opposite.
fn required(item: &Map<String, Value>) -> Result<bool, String> {
    let flag = |key: &str| match item.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(format!("`{key}` is neither true nor false")),
    };
    let optional = flag("optional")?.map(|optional| !optional);
    Ok(flag("required")?.or(optional).unwrap_or(true))
}

fn name(item: &Map<String, Value>) -> Result<Option<String>, String> {
    match item.get("name") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name.clone())),
        // The columns of a table without a header.
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err("a name is not text".to_owned()),
    }
}

fn text_of(item: &Map<String, Value>, key: &str) -> Result<String, String> {
    match item.get(key) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(format!("something has no `{key}`")),
    }
}

fn shape(value: Option<&Value>) -> Result<Option<Vec<i64>>, String> {
    let lengths = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(lengths)) => lengths,
        Some(_) => return Err("a shape is not a list".to_owned()),
    };
    let read = lengths.iter().map(|length| {
        let length = length.as_i64().filter(|length| *length >= -1);
        length.ok_or_else(|| "a shape holds what is no length".to_owned())
    });
    read.collect::<Result<_, _>>().map(Some)
}
