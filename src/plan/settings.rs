//! What the spec says to a CI system, held against the pipelines there are.
//!
//! The one decision here: a setting that names nothing is an error and not a setting without
//! effect, and no setting gives a job that runs a proposed change more than a look.

use std::collections::BTreeSet;
use std::fmt;

use super::action::Action;
use super::error::{PlanError, Problem};
use super::hook;
use super::job::Job;
use super::process::{Kind, Pipeline, Process};
use crate::diagnostic::nearest;
use crate::spec::{Azure, CiSettings, Github};

/// A setting that names or asks for what there is not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsProblem {
    /// A pipeline that the project does not have.
    Pipeline {
        /// The name.
        name: String,
        /// Those it has, or of them those for which the setting has a meaning.
        known: Vec<String>,
    },
    /// A job that the pipeline does not have.
    Job {
        /// The pipeline.
        pipeline: String,
        /// The name.
        name: String,
        /// Those it has.
        known: Vec<String>,
    },
    /// A limit for a reusable workflow, which has its own.
    HookTimeout {
        /// The job that calls it.
        job: String,
    },
    /// A permission that GitHub does not know.
    Permission {
        /// What it is about.
        scope: String,
        /// How much of it.
        access: String,
    },
    /// A permission to change something, for a job that runs what anyone proposes.
    WritesInCi {
        /// The job.
        job: String,
    },
    /// A time for a delivery where nothing is deployed by a branch.
    NothingDue,
    /// A copy for each pull request where no environment is on Databricks.
    NothingToPreview,
    /// An attestation on a GitHub Enterprise Server.
    ServerAttests,
    /// A service connection for an environment that signs nothing in.
    Connection {
        /// The environment.
        name: String,
        /// Those that do.
        known: Vec<String>,
    },
    /// A service connection, and nothing that signs in.
    NothingSignsIn,
    /// An environment that signs in on Azure DevOps, and by what is not said.
    NoConnection {
        /// The environment.
        environment: String,
    },
    /// Newer artifacts than a GitHub Enterprise Server takes.
    ServerArtifacts {
        /// The action.
        action: &'static str,
    },
}

impl SettingsProblem {
    pub(super) fn help(&self) -> String {
        match self {
            Self::Pipeline { name, known } => suggestion("pipelines are", name, known),
            Self::Job { name, known, .. } => suggestion("its jobs are", name, known),
            Self::HookTimeout { .. } => {
                "write `timeout-minutes` in the workflow that the hook calls".to_owned()
            }
            Self::Permission { .. } => format!(
                "write a scope and `read` or `write`; scopes are {}",
                SCOPES.join(", ")
            ),
            Self::WritesInCi { .. } => {
                "write `read`; or do it in `deliver`, which runs what was merged".to_owned()
            }
            Self::NothingDue => "a time has no tag: deploy an environment by a branch".to_owned(),
            Self::NothingToPreview => "give an environment `databricks`, or remove this".to_owned(),
            Self::ServerAttests => {
                "remove `promotion.attest`, or sign with a key: `gatewright attest sign`".to_owned()
            }
            Self::NothingSignsIn => {
                "write `auth: azure` in an environment that is deployed, or remove this".to_owned()
            }
            Self::Connection { name, known } => suggestion("environments are", name, known),
            Self::NoConnection { .. } => {
                "name it under `ci.azure.service_connection`; its kind is workload identity \
                 federation"
                    .to_owned()
            }
            Self::ServerArtifacts { action } => {
                format!("pin version 3 of `{action}` under `ci.github.pins`")
            }
        }
    }
}

fn suggestion(what: &str, name: &str, known: &[String]) -> String {
    nearest(name, known.iter().map(String::as_str)).map_or_else(
        || format!("{what} {}", known.join(", ")),
        |near| format!("did you mean `{near}`?"),
    )
}

impl fmt::Display for SettingsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipeline { name, .. } => {
                write!(f, "there is no pipeline `{}` for this", name.escape_debug())
            }
            Self::Job { pipeline, name, .. } => {
                let name = name.escape_debug();
                write!(f, "the pipeline `{pipeline}` has no job `{name}`")
            }
            Self::HookTimeout { job } => {
                write!(
                    f,
                    "the job `{job}` is a hook, and GitHub takes no time for it here"
                )
            }
            Self::Permission { scope, access } => {
                let (scope, access) = (scope.escape_debug(), access.escape_debug());
                write!(f, "`{scope}: {access}` is no permission")
            }
            Self::WritesInCi { job } => {
                write!(
                    f,
                    "`{job}` runs proposed changes, and would get a token that writes"
                )
            }
            Self::NothingDue => f.write_str("no branch deploys an environment at that time"),
            Self::NothingToPreview => {
                f.write_str("there is no environment on Databricks to copy for a pull request")
            }
            Self::ServerAttests => f.write_str("a GitHub Enterprise Server has no attestations"),
            Self::Connection { name, .. } => {
                let name = name.escape_debug();
                write!(f, "nothing in the environment `{name}` signs in to Azure")
            }
            Self::NothingSignsIn => f.write_str("no pipeline signs in to Azure"),
            Self::NoConnection { environment } => {
                write!(
                    f,
                    "no service connection signs in to Azure for `{environment}`"
                )
            }
            Self::ServerArtifacts { action } => {
                write!(
                    f,
                    "a GitHub Enterprise Server does not take this version of `{action}`"
                )
            }
        }
    }
}

/// What a token's permissions are about:
/// <https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#permissions>.
const SCOPES: [&str; 13] = [
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
];

/// Whether a pipeline runs what is proposed.
fn runs_proposals(pipeline: &str) -> bool {
    [Kind::Ci, Kind::Preview]
        .iter()
        .any(|kind| kind.name() == pipeline)
}

/// Every setting that names or asks for what there is not.
pub(super) fn check(process: &Process) -> Vec<PlanError> {
    let mut check = Check {
        process,
        errors: Vec::new(),
    };
    if let Some(target) = &process.github {
        check.settings("github", &target.github.settings);
        check.permissions(&target.github);
        check.server(target);
    }
    if let Some(target) = &process.azure {
        check.settings("azure", &target.azure.settings);
        check.connections(&target.azure);
    }
    check.errors
}

struct Check<'p> {
    process: &'p Process,
    errors: Vec<PlanError>,
}

impl Check<'_> {
    fn report(&mut self, path: &[&str], problem: SettingsProblem) {
        let problem = Problem::Settings(problem);
        self.errors.push(PlanError::new(path, problem));
    }

    fn settings(&mut self, provider: &str, settings: &CiSettings) {
        for name in settings.schedules.keys() {
            self.schedule(provider, name);
        }
        for (pipeline, job, _) in &settings.timeouts {
            let at = ["ci", provider, "timeouts"];
            if self.job(&at, pipeline, job) && provider == "github" && self.is_hook(pipeline, job) {
                let path = [&at[..], &[pipeline, job]].concat();
                let job = job.clone();
                self.report(&path, SettingsProblem::HookTimeout { job });
            }
        }
    }

    fn is_hook(&self, pipeline: &str, id: &str) -> bool {
        let pipelines = self.process.pipelines.iter();
        let mut jobs = pipelines
            .filter(|one| one.kind.name() == pipeline)
            .flat_map(|one| &one.jobs);
        jobs.any(|job| job.id == id && hook::of_job(job).is_some())
    }

    fn schedule(&mut self, provider: &str, name: &str) {
        let at = ["ci", provider, "schedules", name];
        let takes = |pipeline: &&Pipeline| matches!(pipeline.kind, Kind::Ci | Kind::Deliver);
        let all = self.process.pipelines.iter().filter(takes);
        match all.clone().find(|pipeline| pipeline.kind.name() == name) {
            None => {
                let known = all
                    .map(|pipeline| pipeline.kind.name().to_owned())
                    .collect();
                let name = name.to_owned();
                self.report(&at, SettingsProblem::Pipeline { name, known });
            }
            Some(deliver) if deliver.triggers.branches.is_empty() => {
                self.report(&at, SettingsProblem::NothingDue);
            }
            Some(_) => {}
        }
    }

    /// Reports a pipeline or a job that is not there.
    fn job(&mut self, at: &[&str], pipeline: &str, job: &str) -> bool {
        let pipelines = &self.process.pipelines;
        let names = || pipelines.iter().map(|one| one.kind.name().to_owned());
        let Some(found) = pipelines.iter().find(|one| one.kind.name() == pipeline) else {
            let known = names().collect();
            let name = pipeline.to_owned();
            let path = [at, &[pipeline]].concat();
            self.report(&path, SettingsProblem::Pipeline { name, known });
            return false;
        };
        if found.jobs.iter().any(|known| known.id == job) {
            return true;
        }
        let problem = SettingsProblem::Job {
            pipeline: pipeline.to_owned(),
            name: job.to_owned(),
            known: found.jobs.iter().map(|job| job.id.clone()).collect(),
        };
        self.report(&[at, &[pipeline, job]].concat(), problem);
        false
    }

    fn permissions(&mut self, github: &Github) {
        let at = ["ci", "github", "permissions"];
        for (pipeline, job, scope, access) in &github.permissions {
            if !self.job(&at, pipeline, job) {
                continue;
            }
            let path = [&at[..], &[pipeline, job, scope]].concat();
            let is_known = SCOPES.contains(&scope.as_str())
                && (access == "write" || (access == "read" && scope != "id-token"));
            if !is_known {
                let (scope, access) = (scope.clone(), access.clone());
                self.report(&path, SettingsProblem::Permission { scope, access });
            } else if access == "write" && runs_proposals(pipeline) {
                let job = job.clone();
                self.report(&path, SettingsProblem::WritesInCi { job });
            }
        }
    }

    /// Every environment that signs in has a service connection, and no other has one.
    fn connections(&mut self, azure: &Azure) {
        let signs_in = |job: &&Job| {
            let mut steps = job.steps.iter();
            steps.any(|step| step.action == Action::SignInToAzure)
        };
        let jobs = self.process.pipelines.iter().flat_map(|one| &one.jobs);
        let environments = jobs
            .filter(signs_in)
            .filter_map(|job| job.environment.as_ref());
        let known: BTreeSet<String> = environments.map(|one| one.name.clone()).collect();
        for environment in &known {
            if azure.connection(environment).is_none() {
                let environment = environment.clone();
                let problem = SettingsProblem::NoConnection { environment };
                self.report(&["ci", "azure", "service_connection"], problem);
            }
        }
        for name in azure.service_connections.keys() {
            if !known.contains(name) {
                let known = known.iter().cloned().collect();
                let at = ["ci", "azure", "service_connections", name];
                let name = name.clone();
                self.report(&at, SettingsProblem::Connection { name, known });
            }
        }
        if azure.service_connection.is_some() && known.is_empty() {
            let at = ["ci", "azure", "service_connection"];
            self.report(&at, SettingsProblem::NothingSignsIn);
        }
    }

    fn server(&mut self, target: &super::process::GithubTarget) {
        use super::pins::Pinned;
        if !target.github.enterprise_server {
            return;
        }
        let path = ["ci", "github", "enterprise_server"];
        let steps = self.process.pipelines.iter().flat_map(|one| &one.jobs);
        let mut steps = steps.flat_map(|job| &job.steps);
        if steps.any(|step| matches!(step.action, Action::Attest(_))) {
            self.report(&path, SettingsProblem::ServerAttests);
        }
        for action in [Pinned::UploadArtifact, Pinned::DownloadArtifact] {
            if !target.pins.uses(action).version.starts_with("v3.") {
                let action = action.name();
                self.report(&path, SettingsProblem::ServerArtifacts { action });
            }
        }
    }
}
