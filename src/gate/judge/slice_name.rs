//! Slices in the names of metrics: `recall/region:eu`, by the gate's pattern.
//!
//! The one decision here: a name is taken apart only at keys that are known: those that checks
//! name, and those that begin a slice of the same metric. So a value may hold the pattern's signs
//! (`http://x:80`), and a finer slice (`recall/region:eu/sex:f`) is not taken for a value of its
//! first key, once anything is sliced by the second.

use std::collections::BTreeSet;

use crate::gate::check::{Gate, SlicePattern};
use crate::gate::rule::{Rule, SliceKey};

/// MLflow takes names of 250 characters (`MAX_ENTITY_KEY_LENGTH`); this many bytes hold them.
const LONGEST: usize = 1_000;

/// A slice: its keys and values, in the order of the keys.
pub(super) type Pairs = Vec<(String, String)>;

/// The signs around keys and values in a metric's name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs<'a> {
    before: &'a str,
    between: &'a str,
    after: &'a str,
}

impl<'a> Signs<'a> {
    /// What stands before the key, between key and value, and after the value.
    pub(super) fn of(pattern: &'a SlicePattern) -> Option<Self> {
        let (_, rest) = pattern.text.split_once("{metric}")?;
        let (before, rest) = rest.split_once("{key}")?;
        let (between, after) = rest.split_once("{value}")?;
        let apart = !before.is_empty() && !between.is_empty();
        apart.then_some(Self {
            before,
            between,
            after,
        })
    }

    /// The name of a metric on a slice.
    pub(super) fn name(&self, metric: &str, pairs: &[(String, String)]) -> String {
        let mut name = metric.to_owned();
        for (key, value) in pairs {
            for part in [self.before, key, self.between, value, self.after] {
                name.push_str(part);
            }
        }
        name
    }

    /// The keys that begin a slice of `metric` in any of these names.
    pub(super) fn first_keys(&self, metric: &str, names: &BTreeSet<String>) -> BTreeSet<String> {
        let key = |name: &String| {
            let rest = name.strip_prefix(metric)?.strip_prefix(self.before)?;
            let (key, _) = rest.split_once(self.between)?;
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            (!key.is_empty() && key.chars().all(plain)).then(|| key.to_owned())
        };
        names.iter().filter_map(key).collect()
    }

    /// Takes a name of `metric` on a slice apart. `None` where it is none.
    pub(super) fn read(&self, metric: &str, name: &str, keys: &BTreeSet<String>) -> Option<Pairs> {
        let rest = name.strip_prefix(metric)?;
        if rest.len() > LONGEST {
            return None;
        }
        let mut pairs = self.pairs(rest, keys, &mut BTreeSet::new())?;
        pairs.sort();
        let twice = pairs.windows(2).any(|two| match two {
            [one, other] => one.0 == other.0,
            _ => false,
        });
        (!twice).then_some(pairs)
    }

    /// The shortest values first. What once failed is not tried again, so that no name costs more
    /// than the square of its length.
    fn pairs(
        &self,
        rest: &str,
        keys: &BTreeSet<String>,
        failed: &mut BTreeSet<usize>,
    ) -> Option<Pairs> {
        if failed.contains(&rest.len()) {
            return None;
        }
        let inner = rest.strip_prefix(self.before)?;
        for key in keys {
            let value = inner
                .strip_prefix(key.as_str())
                .and_then(|rest| rest.strip_prefix(self.between));
            let Some(text) = value else { continue };
            let ends = text.char_indices().skip(1).map(|(at, _)| at);
            for end in ends.chain([text.len()]) {
                let Some((value, tail)) = text.split_at_checked(end) else {
                    continue;
                };
                let Some(tail) = tail.strip_prefix(self.after) else {
                    continue;
                };
                let more = if tail.is_empty() {
                    Some(Vec::new())
                } else {
                    self.pairs(tail, keys, failed)
                };
                if let Some(more) = more.filter(|_| !value.is_empty()) {
                    let pair = (key.clone(), value.to_owned());
                    return Some([vec![pair], more].concat());
                }
            }
        }
        failed.insert(rest.len());
        None
    }
}

/// What the name of a metric on any slice begins with.
pub(in crate::gate) fn prefix(pattern: &SlicePattern, metric: &str) -> Option<String> {
    Signs::of(pattern).map(|signs| format!("{metric}{}", signs.before))
}

/// Every key that a check of the gate slices by.
pub(super) fn keys_of(gate: &Gate) -> BTreeSet<String> {
    let of_rule = |rule: &Rule| -> Vec<String> {
        match rule {
            Rule::Metric(rule) => rule.slice.iter().map(|slice| slice.key.clone()).collect(),
            Rule::Slices(rule) => rule.by.clone(),
            _ => Vec::new(),
        }
    };
    let checks = gate.checks.iter();
    checks.flat_map(|check| of_rule(&check.rule)).collect()
}

/// The slices of `metric` among these names that were asked for, and the names of finer ones.
pub(super) fn find(
    gate: &Gate,
    metric: &str,
    asked: &[SliceKey],
    names: &BTreeSet<String>,
) -> (Vec<Found>, Vec<String>) {
    let Some(signs) = Signs::of(&gate.slice_pattern) else {
        return (Vec::new(), Vec::new());
    };
    let mut keys = keys_of(gate);
    keys.extend(signs.first_keys(metric, names));
    let mut found = Vec::new();
    let mut finer = Vec::new();
    for name in names {
        let Some(pairs) = signs.read(metric, name, &keys) else {
            continue;
        };
        let fits = |wanted: &SliceKey| {
            pairs.iter().any(|(key, value)| {
                *key == wanted.key && wanted.value.as_ref().is_none_or(|asked| asked == value)
            })
        };
        if !asked.iter().all(fits) {
            continue;
        }
        if pairs.len() == asked.len() {
            found.push(Found {
                metric: name.clone(),
                slice: label(&pairs),
                pairs,
            });
        } else {
            finer.push(label(&pairs));
        }
    }
    (found, finer)
}

/// A slice that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The name of the metric on it.
    pub(super) metric: String,
    /// `region=eu, sex=f`.
    pub(super) slice: String,
    pub(super) pairs: Pairs,
}

pub(super) fn label(pairs: &[(String, String)]) -> String {
    let shown: Vec<_> = pairs
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> SlicePattern {
        SlicePattern {
            text: text.to_owned(),
        }
    }

    fn read(text: &str, name: &str, keys: &[&str]) -> Option<String> {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let pattern = pattern(text);
        let pairs = Signs::of(&pattern).unwrap().read("recall", name, &keys)?;
        Some(label(&pairs))
    }

    #[test]
    fn names_are_taken_apart_at_known_keys_only() {
        let usual = "{metric}/{key}:{value}";
        for (pattern, name, keys, expected) in [
            (
                usual,
                "recall/region:eu",
                &["region"][..],
                Some("region=eu"),
            ),
            (
                usual,
                "recall/sex:f/region:eu",
                &["region", "sex"],
                Some("region=eu, sex=f"),
            ),
            (
                usual,
                "recall/region:eu/sex:f",
                &["region"],
                Some("region=eu/sex:f"),
            ),
            (
                usual,
                "recall/url:http://x:80",
                &["url"],
                Some("url=http://x:80"),
            ),
            (usual, "recall/region:", &["region"], None),
            (usual, "recall", &["region"], None),
            (usual, "recall_at_5/region:eu", &["region"], None),
            (usual, "recall/region:a/region:b", &["region"], None),
            (
                "{metric}[{key}={value}]",
                "recall[region=eu]",
                &["region"],
                Some("region=eu"),
            ),
            (
                "{metric}[{key}={value}]",
                "recall[region=e]u]",
                &["region"],
                Some("region=e]u"),
            ),
            (
                "{metric}[{key}={value}]",
                "recall[region=eu",
                &["region"],
                None,
            ),
            (
                "{metric}_{key}_{value}",
                "recall_region_us_west_1",
                &["region"],
                Some("region=us_west_1"),
            ),
        ] {
            assert_eq!(read(pattern, name, keys).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn a_hostile_name_costs_no_more_than_a_long_one() {
        for times in [190, 200_000] {
            let name = format!("recall{}Z", "[r=x]".repeat(times));
            assert_eq!(read("{metric}[{key}={value}]", &name, &["r"]), None);
        }
    }

    #[test]
    fn a_name_is_put_together_as_it_is_taken_apart() {
        let usual = SlicePattern::default();
        let signs = Signs::of(&usual).unwrap();
        let pairs = vec![("region".to_owned(), "eu".to_owned())];
        assert_eq!(signs.name("recall", &pairs), "recall/region:eu");
        assert!(Signs::of(&pattern("{metric}{key}{value}")).is_none());
    }
}
