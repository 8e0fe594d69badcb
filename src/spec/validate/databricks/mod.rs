//! Compute on Databricks: what each key says, and whether together they make a bundle.
//!
//! The one decision here: what the Databricks command line, its schema and the workspace would
//! only find late, or not at all, is found here, where the line in the spec can be shown.

mod compute;
mod monitor;
mod placement;
mod reference;
mod stage;
mod workspace;

pub(super) use compute::{compute, compute_or};
pub(super) use monitor::quality_monitors;
pub(super) use placement::placement;
pub(super) use stage::{schedule, work};
pub(super) use workspace::workspace;
