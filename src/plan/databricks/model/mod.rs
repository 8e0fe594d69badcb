//! A Declarative Automation Bundle, typed: what Databricks documents as bundle configuration,
//! reduced to what is generated.
//!
//! The one decision here: a target's overrides are of the same types as what they override, with
//! everything optional, because that is how the command line merges them.

mod bundle;
mod job;
mod resource;

pub use bundle::{
    Artifact, Bundle, Identity, Mode, Permission, Presets, RunAs, Target, Variable, Workspace,
};
pub use job::{
    Autoscale, Cluster, Condition, Dependency, Emails, Environment, EnvironmentSpec, Job,
    JobCluster, Library, Notebook, Parameter, Pause, Pypi, PythonFile, PythonWheel, Queue, RunJob,
    Schedule, Task,
};
pub use resource::{
    Endpoint, EndpointConfig, Experiment, Grant, InferenceLog, Lifecycle, MlProblem, Monitor,
    MonitorSchedule, Overrides, RegisteredModel, ResourceFile, Resources, ServedEntity,
};
