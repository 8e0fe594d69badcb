//! The mirror of `gatewright.yaml`: every key, exactly as it is written.
//!
//! The one decision here: the JSON Schema is generated from these types, so their doc comments are
//! what people read in their editor. Every field may be absent here; the schema says which ones may
//! not, so that a missing key is one diagnostic and not the end of reading.

mod check;
mod ci;
mod databricks;
mod gate;
mod hook;
mod patch;
mod serving;
mod spec;

pub use check::{Check, Import, LoggedModel, Place, Slices, Table, Test};
pub use ci::{Azure, Ci, CiDatabricks, Concurrency, Github, Install, Pool, RunnerGroup};
pub use databricks::{
    Autoscale, Cluster, ComputeSettings, Databricks, Grant, Notifications, Permission,
    QualityMonitor, QuartzSchedule, Wheel,
};
pub use gate::{Baseline, Candidate, Comparability, Gate, Newest, Scale, SliceNames};
pub use hook::{Hook, HookFiles};
pub use patch::{Patch, PatchSettings, PatchStep};
pub use serving::{Online, Rollout, Serving, ServingHere};
pub use spec::{
    Aliases, Approval, Attestation, Deploy, Environment, EnvironmentModel, Mlflow, Model, Monitor,
    Promotion, Python, Spec, Stage,
};
