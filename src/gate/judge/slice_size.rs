//! How many rows the slices have whose metrics go by their names.
//!
//! The one decision here: all names are taken apart once, for all slices together. Once for each
//! slice would take time that grows with the square of what a run has logged.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Side};
use super::look::look;
use super::slice_name::{Found, Pairs, Signs, find};
use crate::gate::decimal::show;
use crate::gate::rule::{SliceKey, SlicesRule, Step};

/// The metrics that count the rows of slices, by slice.
pub(super) struct Sizes<'a> {
    case: &'a Case<'a>,
    side: &'a Side<'a>,
    rule: &'a SlicesRule,
    counts: BTreeMap<Pairs, Vec<String>>,
}

impl<'a> Sizes<'a> {
    /// Those of one side, among the names of its metrics.
    pub(super) fn of(
        case: &'a Case<'a>,
        rule: &'a SlicesRule,
        side: &'a Side<'a>,
        names: &BTreeSet<String>,
    ) -> Self {
        let key = |key: &String| SliceKey {
            key: key.clone(),
            value: None,
        };
        let by: Vec<_> = rule.by.iter().map(key).collect();
        let mut counts: BTreeMap<Pairs, Vec<String>> = BTreeMap::new();
        for found in find(case.gate, &rule.count, &by, names).0 {
            counts.entry(found.pairs).or_default().push(found.metric);
        }
        Self {
            case,
            side,
            rule,
            counts,
        }
    }

    /// How many rows a slice has, or why that is not known.
    pub(super) fn of_slice(&self, slice: &Found) -> Result<u64, String> {
        let counts = self.counts.get(&slice.pairs).map(Vec::as_slice);
        let Some([count]) = counts else {
            return Err(self.unknown(slice));
        };
        let seen = look(self.case, self.side, count, Step::Latest);
        let seen = seen.map_err(|unseen| unseen.message)?;
        if let Some(broken) = seen.broken {
            return Err(format!("how many rows it has is not known: {broken}"));
        }
        let range = seen.range?;
        let number = range.exact().map(show).unwrap_or_default();
        number
            .parse()
            .map_err(|_| format!("`{count}` is {number}, which is not a number of rows"))
    }

    fn unknown(&self, slice: &Found) -> String {
        match Signs::of(&self.case.gate.slice_pattern) {
            Some(signs) => format!(
                "how many rows it has is not known: there is no metric `{}`",
                signs.name(&self.rule.count, &slice.pairs)
            ),
            None => "how many rows it has is not known".to_owned(),
        }
    }
}
