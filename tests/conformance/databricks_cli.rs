//! Generated bundles before the real command line of Databricks, and a workspace that remembers.

mod workspace;

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use serde_yaml::Value as Yaml;
use tempfile::TempDir;

use self::workspace::Workspace;
use crate::tools::{repository, succeed, tool};

const NOTEBOOK: &str = r#"{"cells": [], "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}"#;

/// A generated bundle: the golden tree, and the folder of `databricks.yml` in it.
struct Bundle {
    tree: PathBuf,
    folder: PathBuf,
}

/// Every bundle of the golden trees.
fn bundles() -> Vec<Bundle> {
    let golden = repository().join("tests/golden");
    let mut bundles = Vec::new();
    for entry in std::fs::read_dir(golden).unwrap() {
        let tree = entry.unwrap().path().join("expected");
        if tree.is_dir() {
            find(&tree, &tree, &mut bundles);
        }
    }
    bundles.sort_by_key(|bundle| bundle.tree.join(&bundle.folder));
    bundles
}

fn find(tree: &Path, folder: &Path, bundles: &mut Vec<Bundle>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(tree, &path, bundles);
        } else if path.ends_with("databricks.yml") {
            let tree = tree.to_owned();
            let folder = folder.strip_prefix(&tree).unwrap().to_owned();
            bundles.push(Bundle { tree, folder });
        }
    }
}

impl Bundle {
    fn yaml(&self) -> Yaml {
        let file = self.tree.join(&self.folder).join("databricks.yml");
        serde_yaml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    fn targets(&self) -> Vec<String> {
        let yaml = self.yaml();
        let targets = yaml["targets"].as_mapping().unwrap().keys();
        targets
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }

    /// As the pipelines do it: in production as the principal whose home the bundle is deployed to.
    fn deployer(&self, target: &str) -> String {
        let target = &self.yaml()["targets"][target];
        let home = target["workspace"]["root_path"]
            .as_str()
            .unwrap_or_default();
        let is_production = target["mode"].as_str() == Some("production");
        let home = home.split('/').nth(3).filter(|_| is_production);
        home.unwrap_or("ann@example.com").to_owned()
    }
}

/// A checkout of a project with its bundle, and a workspace that it is deployed to.
struct Project {
    folder: TempDir,
    home: TempDir,
    bundle: PathBuf,
    target: String,
    workspace: Workspace,
}

impl Project {
    fn new(bundle: &Bundle, target: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let workspace = Workspace::start(&bundle.deployer(target));
        let tree = bundle.tree.join(".");
        succeed(Command::new("cp").arg("-R").arg(tree).arg(folder.path()));
        let project = Self {
            bundle: folder.path().join(&bundle.folder),
            home: TempDir::new().unwrap(),
            target: target.to_owned(),
            folder,
            workspace,
        };
        project.point_to_workspace();
        project.add_code();
        project.commit();
        project
    }

    /// The only line of a bundle that is changed here: where the workspace is.
    fn point_to_workspace(&self) {
        let url = self.workspace.url();
        self.rewrite("databricks.yml", |line| {
            let (start, _) = line.split_once("host: ")?;
            Some(format!("{start}host: {url}"))
        });
    }

    /// Changes those lines of a file that the closure has another one for.
    fn rewrite(&self, file: &str, change: impl Fn(&str) -> Option<String>) {
        let path = self.bundle.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text
            .lines()
            .map(|line| change(line).unwrap_or_else(|| line.to_owned()));
        let text: Vec<_> = lines.collect();
        assert_ne!(
            text.join("\n"),
            std::fs::read_to_string(&path).unwrap().trim_end()
        );
        std::fs::write(path, text.join("\n") + "\n").unwrap();
    }

    /// The project's own files that its tasks name, and a stand-in for what builds its wheel.
    fn add_code(&self) {
        let resources = self.bundle.join("resources");
        let files = std::fs::read_dir(&resources).into_iter().flatten();
        for file in files.map(|entry| entry.unwrap().path()) {
            let text = std::fs::read_to_string(file).unwrap();
            for line in text.lines() {
                let Some((key, path)) = line.trim_start_matches(['-', ' ']).split_once(": ") else {
                    continue;
                };
                let path = resources.join(path.trim_matches('"'));
                let code = match key {
                    "notebook_path" if path.extension().is_some_and(|it| it == "ipynb") => NOTEBOOK,
                    "notebook_path" => "# Databricks notebook source\n",
                    "python_file" => "print()\n",
                    _ => continue,
                };
                if !path.exists() {
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(path, code).unwrap();
                }
            }
        }
        let uv = self.home.path().join("uv");
        let wheel = "#!/bin/sh\n[ \"$*\" = 'build --wheel' ] && mkdir -p dist && : > dist/code-1-py3-none-any.whl\n";
        std::fs::write(&uv, wheel).unwrap();
        std::fs::set_permissions(&uv, PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn commit(&self) {
        std::fs::write(
            self.folder.path().join(".gitignore"),
            ".databricks/\ndist/\n",
        )
        .unwrap();
        for arguments in [
            &["init", "-q"][..],
            &["add", "-A"],
            &["commit", "-qm", "All"],
        ] {
            let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
            let git = &mut Command::new("git");
            succeed(
                git.args(name)
                    .args(arguments)
                    .current_dir(self.folder.path()),
            );
        }
    }

    /// Runs `databricks bundle`, signed in with a token, with nothing of this machine's settings.
    fn databricks(&self, arguments: &[&str]) -> Output {
        let cli = tool("databricks-cli/bin/databricks").unwrap();
        let path = std::env::var_os("PATH").unwrap();
        let own = std::iter::once(self.home.path().to_owned());
        let path = std::env::join_paths(own.chain(std::env::split_paths(&path))).unwrap();
        let has_version = std::fs::read_to_string(self.bundle.join("databricks.yml"));
        let has_version = has_version.unwrap().contains("live_version");
        let version = ["--var", "live_version=3"]
            .into_iter()
            .filter(|_| has_version);
        Command::new("timeout")
            .arg("120")
            .arg(cli)
            .arg("bundle")
            .args(arguments)
            .args(["--target", &self.target])
            .args(version)
            .current_dir(&self.bundle)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("DATABRICKS_AUTH_TYPE", "pat")
            .env("DATABRICKS_TOKEN", "any")
            .env("DATABRICKS_CLI_DISABLE_TELEMETRY", "1")
            .output()
            .unwrap()
    }

    /// What it says; it has to succeed without a word of warning.
    fn quietly(&self, arguments: &[&str]) -> String {
        let output = self.databricks(arguments);
        let said = String::from_utf8(output.stdout).unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        let all = format!("{said}{complaints}");
        let place = format!(
            "{arguments:?} of {} in {}: {all}",
            self.target,
            self.bundle.display()
        );
        assert!(output.status.success(), "{place}");
        let words = ["Warn", "Recommendation", "Error"];
        assert!(
            !words.iter().any(|word| complaints.contains(word)),
            "{place}"
        );
        said
    }

    /// The resources of a plan, each with what is done to it.
    fn plan(&self) -> Vec<(String, String)> {
        let plan = self.quietly(&["plan", "--output", "json"]);
        std::fs::create_dir_all(self.bundle.join(".databricks")).unwrap();
        std::fs::write(self.bundle.join(".databricks/plan.json"), &plan).unwrap();
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let all = plan["plan"].as_object().unwrap().iter();
        let action = |value: &Value| value["action"].as_str().unwrap().to_owned();
        all.map(|(key, value)| (key.replace("resources.", ""), action(value)))
            .collect()
    }
}

fn is_here() -> bool {
    tool("databricks-cli/bin/databricks").is_some()
}

#[test]
fn the_databricks_command_line_validates_plans_and_deploys_every_generated_bundle() {
    if !is_here() {
        return;
    }
    let mut told = String::new();
    for bundle in bundles() {
        for target in bundle.targets() {
            let project = Project::new(&bundle, &target);
            let verdict = project.quietly(&["validate", "--strict"]);
            assert!(verdict.ends_with("Validation OK!\n"), "{verdict}");
            let plan = project.plan();
            let others: Vec<_> = plan
                .iter()
                .filter(|(_, action)| action != "create")
                .collect();
            assert!(others.is_empty(), "{others:?}");
            let keys: Vec<_> = plan.iter().map(|(key, _)| key.as_str()).collect();
            let name = bundle.tree.parent().unwrap().file_name().unwrap();
            let place = Path::new(name).join(&bundle.folder);
            writeln!(told, "{} {target}: {}", place.display(), keys.join(" ")).unwrap();
            project.quietly(&["deploy", "--plan", ".databricks/plan.json"]);
            let again = project.plan();
            let changes: Vec<_> = again
                .iter()
                .filter(|(_, action)| action != "skip")
                .collect();
            assert!(changes.is_empty(), "{changes:?}");
            assert_eq!(again.len(), plan.len());
        }
    }
    insta::assert_snapshot!(told, @"
    databricks-clusters/ dev: experiments.experiment jobs.retrain_predictions jobs.training registered_models.model
    databricks-clusters/ staging: experiments.experiment jobs.retrain_predictions jobs.training registered_models.model
    databricks-clusters/ prod: experiments.experiment experiments.experiment.permissions jobs.retrain_predictions jobs.retrain_predictions.permissions jobs.training jobs.training.permissions registered_models.model
    databricks-clusters/ pr: experiments.experiment jobs.retrain_predictions jobs.training registered_models.model
    databricks-clusters/serving staging: model_serving_endpoints.online quality_monitors.predictions
    databricks-clusters/serving prod: model_serving_endpoints.online model_serving_endpoints.online.permissions quality_monitors.predictions
    databricks-serverless/ dev: experiments.experiment jobs.training registered_models.model
    databricks-serverless/ live: experiments.experiment experiments.experiment.permissions jobs.training jobs.training.permissions registered_models.model
    databricks-serverless/ pr: experiments.experiment jobs.training registered_models.model
    databricks-serving/ dev: experiments.experiment jobs.training registered_models.model
    databricks-serving/ staging: experiments.experiment experiments.experiment.permissions jobs.training jobs.training.permissions registered_models.model
    databricks-serving/ prod: experiments.experiment experiments.experiment.permissions jobs.training jobs.training.permissions registered_models.model
    databricks-serving/ pr: experiments.experiment jobs.training registered_models.model
    databricks-serving/serving staging: model_serving_endpoints.online model_serving_endpoints.online.permissions
    databricks-serving/serving prod: model_serving_endpoints.online model_serving_endpoints.online.permissions
    databricks-stacks/ dev: experiments.experiment jobs.dropoff_features jobs.pickup_features jobs.retrain_predictions jobs.score jobs.training registered_models.model
    databricks-stacks/ test: experiments.experiment jobs.dropoff_features jobs.pickup_features jobs.retrain_predictions jobs.score jobs.training registered_models.model
    databricks-stacks/ staging: experiments.experiment experiments.experiment.permissions jobs.dropoff_features jobs.dropoff_features.permissions jobs.pickup_features jobs.pickup_features.permissions jobs.retrain_predictions jobs.retrain_predictions.permissions jobs.score jobs.score.permissions jobs.training jobs.training.permissions registered_models.model registered_models.model.grants
    databricks-stacks/ prod: experiments.experiment experiments.experiment.permissions jobs.dropoff_features jobs.dropoff_features.permissions jobs.pickup_features jobs.pickup_features.permissions jobs.retrain_predictions jobs.retrain_predictions.permissions jobs.score jobs.score.permissions jobs.training jobs.training.permissions registered_models.model registered_models.model.grants
    databricks-stacks/ pr: experiments.experiment jobs.dropoff_features jobs.pickup_features jobs.retrain_predictions jobs.score jobs.training registered_models.model
    databricks-stacks/serving test: quality_monitors.predictions
    databricks-stacks/serving staging: quality_monitors.predictions
    databricks-stacks/serving prod: quality_monitors.predictions
    databricks-wheel/models/churn dev: experiments.experiment jobs.score jobs.training registered_models.model
    databricks-wheel/models/churn prod: experiments.experiment jobs.score jobs.training registered_models.model
    databricks-wheel/models/churn pr: experiments.experiment jobs.score jobs.training registered_models.model
    ");
}

#[test]
fn the_command_line_refuses_what_is_spelt_wrong_and_a_version_of_itself_that_is_too_old() {
    if !is_here() {
        return;
    }
    let bundles = bundles();
    let bundle = bundles
        .iter()
        .find(|bundle| bundle.tree.ends_with("databricks-stacks/expected"));
    let project = Project::new(bundle.unwrap(), "prod");
    project.rewrite("resources/training.job.yml", |line| {
        line.contains("max_concurrent_runs:")
            .then(|| line.replace("runs:", "run:"))
    });
    let output = project.databricks(&["validate", "--strict"]);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("unknown field: max_concurrent_run"), "{said}");
    let project = Project::new(bundle.unwrap(), "prod");
    project.rewrite("databricks.yml", |line| {
        line.contains("databricks_cli_version")
            .then(|| "  databricks_cli_version: \">= 1.99.0\"".to_owned())
    });
    let output = project.databricks(&["plan"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("version constraint not satisfied"), "{said}");
}

#[test]
fn a_plan_that_somebody_elses_deployment_has_overtaken_is_not_deployed() {
    if !is_here() {
        return;
    }
    let bundles = bundles();
    let bundle = bundles
        .iter()
        .find(|bundle| bundle.tree.ends_with("databricks-stacks/expected"));
    let project = Project::new(bundle.unwrap(), "prod");
    project.quietly(&["deploy"]);
    project.rewrite("resources/training.job.yml", |line| {
        let (start, _) = line.split_once("max_concurrent_runs: 1")?;
        Some(format!("{start}max_concurrent_runs: 2"))
    });
    project.plan();
    project.quietly(&["deploy"]);
    let before = project.workspace.log().len();
    let output = project.databricks(&["deploy", "--plan", ".databricks/plan.json"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("the state has been modified since the plan was created"),
        "{said}"
    );
    let log = project.workspace.log();
    let change = |call: &&String| call.contains("/jobs/") && call.starts_with("POST ");
    assert_eq!(log[before..].iter().find(change), None);
}

#[test]
fn whoever_may_only_read_can_plan_a_change() {
    if !is_here() {
        return;
    }
    for bundle in bundles() {
        for target in bundle.targets() {
            let project = Project::new(&bundle, &target);
            let read = if bundle.tree.ends_with("databricks-wheel/expected") {
                project.databricks(&["summary"])
            } else {
                project.databricks(&["plan", "--output", "json"])
            };
            assert!(read.status.success());
            let log = project.workspace.log();
            // Who may do what is told only to who may change it.
            let is_more =
                |call: &&String| !call.starts_with("GET ") || call.contains("/permissions/");
            assert_eq!(log.iter().find(is_more), None);
            assert!(!log.is_empty());
        }
    }
}
