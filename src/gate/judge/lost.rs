//! Slices that the champion has and the candidate lost.
//!
//! The one decision here: a slice that was measured on the live version is missed whatever the
//! check compares with. A bound on every slice is not kept by measuring fewer of them.

use std::collections::BTreeSet;

use super::case::{Case, Side};
use super::logged_table::{read, unusable};
use super::place;
use super::slice_name::{Found, find, label};
use super::slice_size::Sizes;
use super::slices::Slice;
use crate::evidence::Reference;
use crate::gate::finding::Opinion;
use crate::gate::reason::Reason;
use crate::gate::rule::{ReadFrom, SliceKey, SlicesRule};

/// The champion, where there is one and it is not the candidate itself.
fn champion<'a>(case: &Case<'a>, from: Option<&'a ReadFrom>) -> Option<Side<'a>> {
    let others = case.others(&Reference::Champion, from).ok()?;
    others.into_iter().next()
}

/// The champion's slices of this kind, by the names of its metrics.
pub(super) fn of_champion<'a>(
    case: &Case<'a>,
    metric: &str,
    asked: &[SliceKey],
    from: Option<&'a ReadFrom>,
) -> Vec<Found> {
    let names = champion(case, from).map(|side| place::names(&side));
    let found = names.map(|names| find(case.gate, metric, asked, &names).0);
    found.unwrap_or_default()
}

/// Those of the champion's slices that are not among `ours`, with the champion's sizes.
pub(super) fn by_name<'a>(
    case: &Case<'a>,
    rule: &'a SlicesRule,
    asked: &[SliceKey],
    ours: &[Found],
) -> Vec<Slice> {
    let Some(side) = champion(case, rule.from.as_ref()) else {
        return Vec::new();
    };
    let names = place::names(&side);
    let (theirs, _) = find(case.gate, &rule.metric, asked, &names);
    let ours: BTreeSet<_> = ours.iter().map(|found| &found.slice).collect();
    let lost = theirs.iter().filter(|found| !ours.contains(&found.slice));
    let sizes = Sizes::of(case, rule, &side, &names);
    lost.map(|found| missing(&found.slice, sizes.of_slice(found)))
        .collect()
}

/// Those groups of the champion's table that are not among `ours`. The error says why that is not
/// known.
pub(super) fn by_table<'a>(
    case: &Case<'a>,
    rule: &'a SlicesRule,
    path: &str,
    ours: &[Slice],
) -> Result<Vec<Slice>, String> {
    let Some(side) = champion(case, rule.from.as_ref()) else {
        return Ok(Vec::new());
    };
    let unknown = |opinion: Box<Opinion>| {
        format!(
            "which slices the candidate lost is not known: {}",
            opinion.message
        )
    };
    let table = read(&side, path).map_err(unknown)?;
    let by: Vec<_> = rule.by.iter().map(String::as_str).collect();
    let groups = table
        .groups(&by)
        .map_err(|error| unknown(unusable(&side.whose, path, &error)))?;
    let named = groups.iter().map(|group| {
        let pairs: Vec<_> = rule
            .by
            .iter()
            .cloned()
            .zip(group.key.iter().cloned())
            .collect();
        let n = u64::try_from(group.rows.len()).unwrap_or(u64::MAX);
        (label(&pairs), n)
    });
    let ours: BTreeSet<_> = ours.iter().map(|slice| &slice.name).collect();
    Ok(named
        .filter(|(name, _)| !ours.contains(name))
        .map(|(name, n)| missing(&name, Ok(n)))
        .collect())
}

fn missing(name: &str, n: Result<u64, String>) -> Slice {
    let message = "the champion has this slice, and the candidate has not";
    let size = match &n {
        Ok(n) => format!("the champion has {n} rows of it"),
        Err(why) => format!("of the champion's slice: {why}"),
    };
    Slice {
        name: name.to_owned(),
        value: Err((Reason::MetricMissing, message.to_owned())),
        n,
        notes: Vec::new(),
        derivation: vec![size],
    }
}
