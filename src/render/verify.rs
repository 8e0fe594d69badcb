//! The proof that a rendered file says what was planned.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::RenderError;

/// Reads `body` back and compares it with what was planned. Comments do not count.
pub(super) fn verify<T>(file: &str, planned: &T, body: &str) -> Result<(), RenderError>
where
    T: Serialize + DeserializeOwned + PartialEq,
{
    let unreadable = |cause: String| RenderError::Unreadable {
        file: file.to_owned(),
        cause,
    };
    let printed: T = serde_yaml::from_str(body).map_err(|error| unreadable(error.to_string()))?;
    if printed == *planned {
        return Ok(());
    }
    let planned = serde_json::to_value(planned).map_err(|error| unreadable(error.to_string()))?;
    let printed = serde_json::to_value(printed).map_err(|error| unreadable(error.to_string()))?;
    let (at, planned, printed) = difference(&planned, &printed).unwrap_or_default();
    Err(RenderError::Different {
        file: file.to_owned(),
        at,
        planned,
        printed,
    })
}

/// Where two trees differ first, and what they say there.
fn difference(planned: &Value, printed: &Value) -> Option<(String, String, String)> {
    let deeper = |key: String, found: Option<(String, String, String)>| {
        found.map(|(at, one, other)| {
            let at = if at.is_empty() {
                key
            } else {
                format!("{key}.{at}")
            };
            (at, one, other)
        })
    };
    match (planned, printed) {
        (Value::Object(one), Value::Object(other)) => one
            .iter()
            .filter(|(key, _)| !key.ends_with("comment"))
            .find_map(|(key, value)| {
                deeper(
                    key.clone(),
                    difference(value, other.get(key).unwrap_or(&Value::Null)),
                )
            }),
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(index, (one, other))| match (entry(one), entry(other)) {
                (Some((key, one)), Some((same, other))) if key == same => {
                    deeper(key.to_owned(), difference(one, other))
                }
                _ => deeper(index.to_string(), difference(one, other)),
            })
        }
        (one, other) if one == other => None,
        (one, other) => Some((String::new(), one.to_string(), other.to_string())),
    }
}

/// A key and its value, where a mapping in order is a list of pairs.
fn entry(value: &Value) -> Option<(&str, &Value)> {
    match value.as_array()?.as_slice() {
        [Value::String(key), value] => Some((key, value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::github::Push;

    #[test]
    fn a_file_that_says_something_else_is_refused_by_name_of_the_first_difference() {
        let planned = Push {
            branches: vec!["main".to_owned(), "next".to_owned()],
            tags: Vec::new(),
            ..Push::default()
        };
        assert_eq!(verify("f", &planned, "branches: [main, next]\n"), Ok(()));
        let error = verify("f.yml", &planned, "branches: [main, nxt]\n").unwrap_err();
        insta::assert_snapshot!(error, @r#"f.yml says "nxt" at `branches.1` where "next" was planned"#);
    }

    #[test]
    fn a_file_with_a_key_more_is_refused() {
        let planned = Push::default();
        let error = verify("f.yml", &planned, "files: [src]\n").unwrap_err();
        assert!(matches!(error, RenderError::Unreadable { .. }), "{error}");
    }
}
