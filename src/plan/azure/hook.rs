//! From a planned hook to a step of Azure.
//!
//! The one decision here: a hook is a steps template wherever it is called. Beside a job it has a
//! job of ours, because a jobs template could not be made to wait for the jobs before it.

use super::parts::{Parameters, Step};
use crate::plan::HookCall;

/// A hook. A template has no name and no condition of its own.
pub(super) fn step(call: &HookCall, why: &str) -> Step {
    Step {
        comment: why.into(),
        // From the root of the repository, and not from the folder of the pipeline.
        template: call.azure.as_ref().map(|path| format!("/{path}")),
        parameters: Some(Parameters {
            plan: call.plan.clone(),
        }),
        ..Step::default()
    }
}
