//! Patches: each changes one thing in one way. Whether the job and the step exist, the plan knows.

use super::context::{Context, join};
use super::stages::{minutes, variables};
use crate::diagnostic::Code;
use crate::spec::{Patch, PatchChange, PatchSettings, PatchStep, raw};

/// Validates every patch.
pub(super) fn patches(context: &mut Context<'_>, raw: Vec<raw::Patch>) -> Vec<Patch> {
    let patches = raw.into_iter().enumerate();
    patches
        .filter_map(|(index, patch)| one(context, &join("/ci/patches", index), patch))
        .collect()
}

fn one(context: &mut Context<'_>, pointer: &str, raw: raw::Patch) -> Option<Patch> {
    let job = raw.job.unwrap_or_default();
    let set = raw.set.map(|set| {
        let pointer = join(pointer, "set");
        variables(context, &join(&pointer, "env"), set.env.keys());
        PatchChange::Set(settings(set))
    });
    let mut inserted = |key: &str, new: Option<raw::PatchStep>| {
        let new = new?;
        let pointer = join(pointer, key);
        variables(context, &join(&pointer, "env"), new.env.keys());
        Some(step(new))
    };
    let before = inserted("insert_before", raw.insert_before).map(PatchChange::InsertBefore);
    let after = inserted("insert_after", raw.insert_after).map(PatchChange::InsertAfter);
    let remove = (raw.remove == Some(true)).then_some(PatchChange::Remove);
    let mut changes: Vec<_> = [set, before, after, remove].into_iter().flatten().collect();
    if changes.len() != 1 {
        context.error(
            Code::InvalidValue,
            pointer,
            format!("a patch changes one thing, and this one {}", changes.len()),
            "give it one of `set`, `insert_before`, `insert_after` and `remove: true`",
        );
    }
    Some(Patch {
        pipeline: raw.pipeline,
        job,
        step: raw.step,
        change: changes.pop()?,
    })
}

fn settings(raw: raw::PatchSettings) -> PatchSettings {
    PatchSettings {
        name: raw.name,
        run: raw.run,
        timeout_minutes: raw.timeout.as_deref().and_then(minutes),
        env: raw.env,
    }
}

fn step(raw: raw::PatchStep) -> PatchStep {
    PatchStep {
        name: raw.name.unwrap_or_default(),
        run: raw.run.unwrap_or_default(),
        timeout_minutes: raw.timeout.as_deref().and_then(minutes),
        env: raw.env,
    }
}
