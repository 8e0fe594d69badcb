//! `runs-on`: a label, a list of labels, or a mapping with a group.

use std::fmt;

use serde::de::{
    Deserializer, Error, MapAccess, SeqAccess, Visitor,
    value::{MapAccessDeserializer, SeqAccessDeserializer},
};
use serde::{Deserialize, Serialize};

/// The machine of a job. Of a label, labels alone, and a group with or without labels it is one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RunsOn {
    /// The label.
    pub label: Option<String>,
    /// The labels.
    pub labels: Vec<String>,
    /// The group.
    pub group: Option<String>,
}

/// A group of runners, as YAML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    group: String,
    #[serde(default)]
    labels: Vec<String>,
}

impl<'de> Deserialize<'de> for RunsOn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RunsOnVisitor)
    }
}

struct RunsOnVisitor;

impl<'de> Visitor<'de> for RunsOnVisitor {
    type Value = RunsOn;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a label, a list of labels, or a mapping with a group")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<RunsOn, E> {
        Ok(RunsOn {
            label: Some(text.to_owned()),
            ..RunsOn::default()
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<RunsOn, A::Error> {
        Ok(RunsOn {
            labels: Vec::deserialize(SeqAccessDeserializer::new(items))?,
            ..RunsOn::default()
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RunsOn, A::Error> {
        let group = Group::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RunsOn {
            label: None,
            labels: group.labels,
            group: Some(group.group),
        })
    }
}
