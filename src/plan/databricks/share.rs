//! What all targets have in common, and what some have differently.
//!
//! The one decision here: a value that is the same everywhere is said once. The command line
//! merges mappings key by key, and tasks, clusters and parameters by their keys, so a value that
//! differs stands whole in each target and nowhere else.

use super::model::{Experiment, Job, RegisteredModel};

/// Something said once for all targets, and again where it is different.
pub(super) struct Shared<T> {
    /// What all have.
    pub(super) base: T,
    /// What only some have, by target; those that have nothing of their own are not here.
    pub(super) overrides: Vec<(String, T)>,
}

/// A resource that can be split.
pub(super) trait Split: Default + PartialEq {
    /// Moves what is the same in all of `each` into the result.
    fn take_common(each: &mut [&mut Self]) -> Self;
}

/// Splits what each target has.
pub(super) fn share<T: Split>(mut each: Vec<(String, T)>) -> Shared<T> {
    let mut all: Vec<_> = each.iter_mut().map(|(_, one)| one).collect();
    let base = T::take_common(&mut all);
    each.retain(|(_, one)| *one != T::default());
    Shared {
        base,
        overrides: each,
    }
}

/// Takes a field out of all, if it is the same in all.
fn common<S, V: Clone + Default + PartialEq>(
    each: &mut [&mut S],
    field: fn(&mut S) -> &mut V,
) -> V {
    let mut values = each.iter_mut().map(|one| field(one).clone());
    let first = values.next().unwrap_or_default();
    let same = values.all(|value| value == first);
    if !same {
        return V::default();
    }
    for one in each.iter_mut() {
        *field(one) = V::default();
    }
    first
}

/// Takes the items of a list out of all that are the same in all. The command line merges these
/// lists by the keys of their items.
fn common_items<S, V: Clone + PartialEq>(
    each: &mut [&mut S],
    field: fn(&mut S) -> &mut Vec<V>,
) -> Vec<V> {
    let lists: Vec<_> = each.iter_mut().map(|one| field(one).clone()).collect();
    let mut everywhere = lists.first().cloned().unwrap_or_default();
    everywhere.retain(|item| lists.iter().all(|list| list.contains(item)));
    for one in each.iter_mut() {
        field(one).retain(|item| !everywhere.contains(item));
    }
    everywhere
}

impl Split for Job {
    fn take_common(each: &mut [&mut Self]) -> Self {
        Self {
            comment: common(each, |job| &mut job.comment),
            name: common(each, |job| &mut job.name),
            max_concurrent_runs: common(each, |job| &mut job.max_concurrent_runs),
            queue: common(each, |job| &mut job.queue),
            schedule: common(each, |job| &mut job.schedule),
            email_notifications: common(each, |job| &mut job.email_notifications),
            parameters: common_items(each, |job| &mut job.parameters),
            environments: common(each, |job| &mut job.environments),
            job_clusters: common_items(each, |job| &mut job.job_clusters),
            tasks: common_items(each, |job| &mut job.tasks),
        }
    }
}

impl Split for Experiment {
    fn take_common(each: &mut [&mut Self]) -> Self {
        Self {
            comment: common(each, |one| &mut one.comment),
            name: common(each, |one| &mut one.name),
            lifecycle: common(each, |one| &mut one.lifecycle),
        }
    }
}

impl Split for RegisteredModel {
    fn take_common(each: &mut [&mut Self]) -> Self {
        Self {
            why: common(each, |one| &mut one.why),
            name: common(each, |one| &mut one.name),
            catalog_name: common(each, |one| &mut one.catalog_name),
            schema_name: common(each, |one| &mut one.schema_name),
            description: common(each, |one| &mut one.description),
            grants: common(each, |one| &mut one.grants),
            lifecycle: common(each, |one| &mut one.lifecycle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Task;
    use super::*;

    fn job(name: &str, tasks: &[&str]) -> Job {
        let task = |key: &&str| Task {
            task_key: (*key).to_owned(),
            ..Task::default()
        };
        Job {
            name: Some(name.to_owned()),
            max_concurrent_runs: Some(1),
            tasks: tasks.iter().map(task).collect(),
            ..Job::default()
        }
    }

    #[test]
    fn what_is_the_same_is_said_once_and_what_differs_where_it_differs() {
        let each = vec![
            ("dev".to_owned(), job("a", &["train", "promotion"])),
            ("prod".to_owned(), job("a", &["train"])),
        ];
        let Shared { base, overrides } = share(each);
        assert_eq!(base, job("a", &["train"]));
        let only = Job {
            name: None,
            max_concurrent_runs: None,
            ..job("", &["promotion"])
        };
        assert_eq!(overrides, [("dev".to_owned(), only)]);
    }

    #[test]
    fn one_target_alone_has_everything_in_common_with_itself() {
        let Shared { base, overrides } = share(vec![("dev".to_owned(), job("a", &["train"]))]);
        assert_eq!(base, job("a", &["train"]));
        assert!(overrides.is_empty());
    }
}
