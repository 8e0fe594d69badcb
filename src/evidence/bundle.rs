//! The whole of what a gate judges on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{File, Reference, Subject};

/// What a gate judges on: read once, complete, and independent of any store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// When it was read, in milliseconds since the Unix epoch. Ages count to this moment.
    pub taken_at_ms: i64,
    /// The version (or run) under judgement.
    pub candidate: Subject,
    /// What each reference of the gate's checks stands for.
    #[serde(with = "pairs")]
    pub references: BTreeMap<Reference, Referent>,
    /// Files of other tools that checks import, by path as the spec has it.
    #[serde(default)]
    pub imports: BTreeMap<String, File>,
}

/// What a reference stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Referent {
    /// Nothing (yet): no version has the alias, nothing was promoted before.
    Absent,
    /// One version or run.
    One(Box<Subject>),
    /// Several versions, the latest promotion first: for `median(N)` and `best(N)`.
    Many(Vec<Subject>),
}

impl Evidence {
    /// The single subject a reference stands for.
    #[must_use]
    pub fn one(&self, reference: &Reference) -> Option<&Subject> {
        match self.references.get(reference)? {
            Referent::One(subject) => Some(subject),
            Referent::Absent | Referent::Many(_) => None,
        }
    }

    /// What in it cannot be, in words: a version whose run is another one, or is not there.
    #[must_use]
    pub fn contradiction(&self) -> Option<String> {
        let others = self
            .references
            .values()
            .flat_map(|referent| match referent {
                Referent::Absent => &[],
                Referent::One(subject) => std::slice::from_ref(subject.as_ref()),
                Referent::Many(subjects) => subjects.as_slice(),
            });
        std::iter::once(&self.candidate)
            .chain(others)
            .filter(|subject| subject.run.is_some() || subject.logged_model.is_some())
            .find_map(|subject| {
                let version = subject.version.as_ref()?;
                let run = subject.run.as_ref().map(|run| &run.id);
                (version.run_id.as_ref() != run).then(|| {
                    format!(
                        "version {} is of another run than its evidence",
                        version.number
                    )
                })
            })
    }

    /// The live version, when there is one.
    #[must_use]
    pub fn champion(&self) -> Option<&Subject> {
        self.one(&Reference::Champion)
    }
}

/// A map whose keys are not text, as a list of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Reference, Referent};

    type Map = BTreeMap<Reference, Referent>;

    pub(super) fn serialize<S: Serializer>(map: &Map, serializer: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map, D::Error> {
        let pairs = Vec::<(Reference, Referent)>::deserialize(deserializer)?;
        let count = pairs.len();
        let map: Map = pairs.into_iter().collect();
        if map.len() < count {
            return Err(serde::de::Error::custom("a reference stands twice"));
        }
        Ok(map)
    }
}
