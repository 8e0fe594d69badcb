//! JSON of other tools, read so that it can only mean one thing.
//!
//! The one decision here: a key that comes twice is an error. Readers disagree on which of the two
//! counts, and a gate must not be on the wrong side. And values are counted while they are read: a
//! small file of many empty lists cannot take much memory.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most values a document may hold. A value takes some 32 bytes, and its text.
const MOST_VALUES: usize = 8_000_000;

/// Reads a whole document; a byte-order mark before it is skipped. Nesting is bounded by
/// `serde_json` (128 levels).
///
/// # Errors
/// What is wrong and where, as a lowercase fragment: syntax (`NaN` is none of JSON's numbers), more
/// than one document, text that is not UTF-8, too many values, or a key that comes twice.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut left = MOST_VALUES;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = Bounded { left: &mut left }.deserialize(&mut reader);
    let value = read.and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| error.to_string())
}

/// Reads a value that has no key twice, and counts down what it takes.
pub(crate) struct Bounded<'a> {
    /// How many values there may still be.
    pub(crate) left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.checked_sub(1);
        *self.left = left.ok_or_else(|| D::Error::custom("more values than are read"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is too large"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(Bounded { left: self.left })? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if all.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} comes twice")));
            }
            let value = entries.next_value_seed(Bounded { left: self.left })?;
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written() {
        let text = r#"{"b":[1,-2,0.1,null,true,"x"],"a":{"c":{}}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text);
        let marked = parse(b"\xef\xbb\xbf[18446744073709551615]").unwrap();
        assert_eq!(marked.to_string(), "[18446744073709551615]");
    }

    #[test]
    fn a_key_that_comes_twice_is_an_error_at_any_depth() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"[{"x":{"a":1,"a":2}}]"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(r#"the key "a" comes twice"#), "{error}");
        }
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "[1] [2]",
            "NaN",
            r#"{"a": NaN}"#,
            "\"\u{1}\"",
            "1e999",
            &deep,
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text:.20}");
        }
        assert!(parse(b"\"\xff\"").is_err());
    }
}
