//! What the spec says to a CI system, held against the pipelines there are.
//!
//! The one decision here: a setting that names nothing is an error and not a setting without
//! effect, and no setting gives a job that runs a proposed change more than a look.

use std::collections::BTreeSet;

use super::action::Action;
use super::error::{PlanError, Problem};
use super::hook;
use super::job::Job;
use super::process::{Kind, Pipeline, Process};
use super::settings_problem::{SCOPES, SettingsProblem};
use crate::spec::{Azure, CiSettings, Github};

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
