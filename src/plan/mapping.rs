//! A YAML mapping of which the order counts.
//!
//! The one decision here: it is read strictly and written as pairs. Reading refuses a key that
//! stands twice, which `serde_yaml` lets pass. Writing feeds a template, and a list of pairs keeps
//! its order there, which a map does not.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Keys and values in order, no key twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping<V>(Vec<(String, V)>);

impl<V> Default for Mapping<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> Mapping<V> {
    /// The pairs, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&V> {
        self.iter()
            .find_map(|(known, value)| (known == key).then_some(value))
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A key that comes again replaces the value and keeps its place.
impl<K: Into<String>, V> FromIterator<(K, V)> for Mapping<V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut mapping = Self::default();
        for (key, value) in pairs {
            let key = key.into();
            match mapping.0.iter_mut().find(|(known, _)| *known == key) {
                Some((_, old)) => *old = value,
                None => mapping.0.push((key, value)),
            }
        }
        mapping
    }
}

impl<V: Serialize> Serialize for Mapping<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Mapping<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Strict(PhantomData))
    }
}

struct Strict<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for Strict<V> {
    type Value = Mapping<V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a mapping without duplicate keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut mapping = Mapping::default();
        while let Some((key, value)) = map.next_entry::<String, V>()? {
            if mapping.get(&key).is_some() {
                return Err(A::Error::custom(format_args!(
                    "the key `{key}` stands twice"
                )));
            }
            mapping.0.push((key, value));
        }
        Ok(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        let read = serde_yaml::from_str::<Mapping<String>>("a: 1\nb: 2\na: 3\n");
        assert!(
            read.unwrap_err()
                .to_string()
                .contains("the key `a` stands twice")
        );
    }

    #[test]
    fn the_order_is_kept() {
        let read: Mapping<String> = serde_yaml::from_str("b: 1\na: 2\n").unwrap();
        assert_eq!(
            read,
            [("b", "1".to_owned()), ("a", "2".to_owned())]
                .into_iter()
                .collect()
        );
        assert_ne!(
            read,
            [("a", "2".to_owned()), ("b", "1".to_owned())]
                .into_iter()
                .collect()
        );
    }
}
