//! A job, its tasks and their machines.

use serde::{Deserialize, Serialize};

use crate::plan::{Comment, Mapping};

/// A job, or what a target changes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// What it is for.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// What people see.
    pub name: Option<String>,
    /// How many runs there may be at once.
    pub max_concurrent_runs: Option<u32>,
    /// Whether a run waits while another one is there.
    pub queue: Option<Queue>,
    /// When it runs by itself.
    pub schedule: Option<Schedule>,
    /// Who is told.
    pub email_notifications: Option<Emails>,
    /// What every task can refer to.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// Serverless environments.
    #[serde(default)]
    pub environments: Vec<Environment>,
    /// Clusters.
    #[serde(default)]
    pub job_clusters: Vec<JobCluster>,
    /// What it does, each after those it depends on.
    #[serde(default)]
    pub tasks: Vec<Task>,
}

/// Whether runs wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// They do.
    pub enabled: bool,
}

/// When a job runs by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The line of Quartz.
    pub quartz_cron_expression: String,
    /// The time zone of the line.
    pub timezone_id: String,
    /// Whether it waits.
    pub pause_status: Option<Pause>,
}

/// Whether a schedule waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Pause {
    /// It does.
    Paused,
    /// It does not.
    Unpaused,
}

/// Who is told by e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emails {
    /// When a run fails.
    pub on_failure: Vec<String>,
}

/// What every task of a job can refer to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The name.
    pub name: String,
    /// The value, where a run is given none.
    pub default: String,
}

/// A serverless environment by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// What tasks call it.
    pub environment_key: String,
    /// What is in it.
    pub spec: EnvironmentSpec,
}

/// What is in a serverless environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentSpec {
    /// Its version, which fixes its Python.
    pub environment_version: String,
    /// Packages and wheels.
    #[serde(default)]
    pub dependencies: Vec<String>,
}

/// A cluster by its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobCluster {
    /// What tasks call it.
    pub job_cluster_key: String,
    /// What it is.
    pub new_cluster: Cluster,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// The Databricks runtime.
    pub spark_version: String,
    /// The machine type.
    pub node_type_id: String,
    /// Who may use it: Unity Catalog asks.
    pub data_security_mode: String,
    /// How many workers.
    pub num_workers: Option<u32>,
    /// A range of workers.
    pub autoscale: Option<Autoscale>,
    /// The policy it keeps to.
    pub policy_id: Option<String>,
    /// Settings of Spark.
    #[serde(default)]
    pub spark_conf: Mapping<String>,
    /// Tags that the bill shows.
    #[serde(default)]
    pub custom_tags: Mapping<String>,
}

/// A range of workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Autoscale {
    /// At least.
    pub min_workers: u32,
    /// At most.
    pub max_workers: u32,
}

/// A task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Why it is there, where that is not plain.
    #[serde(skip_deserializing)]
    pub comment: Comment,
    /// Its key, unique in the job.
    pub task_key: String,
    /// The tasks that must have succeeded before.
    #[serde(default)]
    pub depends_on: Vec<Dependency>,
    /// The serverless environment.
    pub environment_key: Option<String>,
    /// The cluster.
    pub job_cluster_key: Option<String>,
    /// How often it is tried again.
    pub max_retries: Option<u32>,
    /// Whether Databricks may not try again by itself.
    pub disable_auto_optimization: Option<bool>,
    /// How long it may take.
    pub timeout_seconds: Option<u32>,
    /// A notebook.
    pub notebook_task: Option<Notebook>,
    /// A Python file.
    pub spark_python_task: Option<PythonFile>,
    /// A function in a wheel.
    pub python_wheel_task: Option<PythonWheel>,
    /// A comparison.
    pub condition_task: Option<Condition>,
    /// Another job.
    pub run_job_task: Option<RunJob>,
    /// What is installed on a cluster.
    #[serde(default)]
    pub libraries: Vec<Library>,
}

/// A task that must have succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dependency {
    /// Its key.
    pub task_key: String,
    /// What a comparison must have given.
    pub outcome: Option<String>,
}

/// A notebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notebook {
    /// The file, from the file that names it.
    pub notebook_path: String,
    /// What its widgets hold.
    #[serde(default)]
    pub base_parameters: Mapping<String>,
}

/// A Python file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonFile {
    /// The file, from the file that names it.
    pub python_file: String,
    /// Its arguments.
    #[serde(default)]
    pub parameters: Vec<String>,
}

/// A function in a wheel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PythonWheel {
    /// The package.
    pub package_name: String,
    /// The function.
    pub entry_point: String,
    /// Its arguments, as `--name=value`.
    #[serde(default)]
    pub named_parameters: Mapping<String>,
}

/// A comparison of two texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// How they are compared.
    pub op: String,
    /// The one.
    pub left: String,
    /// The other.
    pub right: String,
}

/// Another job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunJob {
    /// Its id, as a reference.
    pub job_id: String,
}

/// What is installed on a cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// A wheel of the project.
    pub whl: Option<String>,
    /// A package from PyPI.
    pub pypi: Option<Pypi>,
}

/// A package from PyPI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pypi {
    /// Its name and versions.
    pub package: String,
}
