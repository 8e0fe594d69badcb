//! The types of what starts a pipeline, in the order in which the keys are printed.

use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

/// What a person is asked for who starts a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it means.
    pub display_name: String,
    /// `string`.
    #[serde(rename(deserialize = "type"))]
    pub kind: String,
    /// What it is where nothing is said. Without it there must be an answer.
    pub default: Option<String>,
    /// The answers there are, where not every one is taken.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A time, by a cron line in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all(deserialize = "camelCase"))]
pub struct Schedule {
    /// The line.
    pub cron: String,
    /// What for. Jobs tell schedules apart by it.
    pub display_name: String,
    /// The branches whose pipeline is run.
    pub branches: Filter,
    /// Whether it runs though nothing was pushed since the last time.
    pub always: String,
}

/// Names and patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// These.
    #[serde(default)]
    pub include: Vec<String>,
    /// Not these.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// Which pushes start a pipeline: `none`, or those of some branches, tags and paths.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// The filters; `None` for no push.
    pub pushes: Option<Pushes>,
}

/// Which pushes start a pipeline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pushes {
    /// Branches.
    pub branches: Filter,
    /// Folders and files, for pushes of branches only.
    pub paths: Option<Filter>,
    /// Tags.
    pub tags: Option<Filter>,
}

/// Which pull requests start a pipeline: `none`, or those into some branches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PullRequests {
    /// The branches they go into; `None` for no pull request.
    pub branches: Option<Filter>,
    /// The folders and files that they change; `None` for any.
    pub paths: Option<Filter>,
}

/// The branches that pull requests go into.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Into {
    branches: Filter,
    paths: Option<Filter>,
}

impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pushes = deserializer.deserialize_any(NoneOr(std::marker::PhantomData))?;
        Ok(Self { pushes })
    }
}

impl<'de> Deserialize<'de> for PullRequests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let into: Option<Into> = deserializer.deserialize_any(NoneOr(std::marker::PhantomData))?;
        let (branches, paths) = into.map(|into| (into.branches, into.paths)).unzip();
        Ok(Self {
            branches,
            paths: paths.flatten(),
        })
    }
}

/// Reads the word `none`, or a mapping.
struct NoneOr<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for NoneOr<T> {
    type Value = Option<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`none` or a mapping")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        match text {
            "none" => Ok(None),
            _ => Err(E::unknown_variant(text, &["none"])),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}
