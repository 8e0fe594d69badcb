//! From a planned step to steps of Azure: one function per kind of step.

use super::expression::{self, name};
use super::model::{Inputs, Step};
use crate::plan::shell::{self, DECISIONS, Folder};
use crate::plan::{self, Action, Env, GateCheck, Mapping, Moment, Process};

const SOURCES: &str = "$(Build.SourcesDirectory)";

/// One step, or the few that Azure needs for it.
pub(super) fn steps(process: &Process, step: &plan::Step) -> Vec<Step> {
    let made = match &step.action {
        Action::Checkout => vec![checkout()],
        Action::Python(version) => vec![python(version)],
        Action::Uv => vec![bash("pipx install uv\n")],
        Action::Gatewright => vec![bash(&shell::install(&process.install, put_on_path))],
        Action::VirtualEnvironment => vec![in_folder(
            process,
            bash(&put_on_path(Folder::Named("$PWD/.venv/bin"))),
        )],
        Action::Command {
            run,
            env,
            timeout_minutes,
        } => {
            vec![in_folder(process, command(run, env, *timeout_minutes))]
        }
        Action::ValidateSpec => vec![bash(&shell::validate(&process.spec_path))],
        Action::CheckDrift => vec![bash(&shell::drift(&process.spec_path))],
        Action::Gate(check) => vec![in_folder(process, gate(process, check))],
        Action::PublishTests(report) => vec![tests(process, report, "Tests")],
        Action::PublishDecisions(artifact) => decisions(process, artifact),
        Action::Keep { artifact, file } => vec![publish(artifact, path(process, file))],
        Action::Restore { artifact, file } => vec![download(artifact, &path(process, file))],
        // The pipeline as a whole is the check.
        Action::Aggregate => Vec::new(),
    };
    let mut why = Some(&step.why).filter(|why| !why.is_empty());
    let explained = |made: Step| Step {
        comment: why.take().map_or(made.comment, |why| why.as_str().into()),
        display_name: made.display_name.or_else(|| Some(step.name.clone())),
        condition: condition(step.moment),
        ..made
    };
    made.into_iter().map(explained).collect()
}

fn condition(moment: Moment) -> Option<String> {
    (moment == Moment::AfterFailureToo).then(|| "succeededOrFailed()".to_owned())
}

/// A script that stops at the first failure, in a pipe too, as `shell: bash` does on GitHub.
fn bash(script: &str) -> Step {
    let script = shell::verbatim(script);
    Step {
        bash: Some(format!("set -eo pipefail\n{script}")),
        ..Step::default()
    }
}

fn command(command: &str, variables: &Env, timeout_minutes: Option<u32>) -> Step {
    Step {
        env: env(variables),
        timeout_in_minutes: timeout_minutes.map(|minutes| minutes.to_string()),
        ..bash(&shell::verbatim(command))
    }
}

fn task(task: &str, inputs: Inputs) -> Step {
    Step {
        task: Some(task.to_owned()),
        inputs: Some(inputs),
        ..Step::default()
    }
}

fn in_folder(process: &Process, step: Step) -> Step {
    let folder = process
        .folder
        .as_ref()
        .map(|folder| format!("{SOURCES}/{folder}"));
    Step {
        working_directory: folder,
        ..step
    }
}

fn checkout() -> Step {
    Step {
        comment: "No token stays behind for the project's code to find.".into(),
        checkout: Some("self".to_owned()),
        fetch_depth: Some("1".to_owned()),
        persist_credentials: Some("false".to_owned()),
        ..Step::default()
    }
}

fn python(version: &str) -> Step {
    let inputs = Inputs {
        version_spec: Some(version.to_owned()),
        ..Inputs::default()
    };
    task("UsePythonVersion@0", inputs)
}

fn gate(process: &Process, check: &GateCheck) -> Step {
    Step {
        name: Some(name(&check.id)),
        continue_on_error: check.report_only.then(|| "true".to_owned()),
        env: env(&check.env),
        ..bash(&shell::gate(check, process.spec_file()))
    }
}

fn tests(process: &Process, reports: &str, title: &str) -> Step {
    let inputs = Inputs {
        test_results_format: Some("JUnit".to_owned()),
        test_results_files: Some(reports.to_owned()),
        search_folder: Some(path(process, "").trim_end_matches('/').to_owned()),
        test_run_title: Some(title.to_owned()),
        fail_task_on_missing_results_file: Some(true),
        ..Inputs::default()
    };
    task("PublishTestResults@2", inputs)
}

/// For the Tests tab, and whole for whoever asks later.
fn decisions(process: &Process, artifact: &str) -> Vec<Step> {
    let shown = Step {
        display_name: Some("Show the decisions".to_owned()),
        ..tests(process, &format!("{DECISIONS}/*.xml"), "Gates")
    };
    // An artifact cannot be written twice, and a stage can be run again.
    let artifact = format!("{artifact}-$(System.StageAttempt)");
    vec![shown, publish(&artifact, path(process, DECISIONS))]
}

fn publish(artifact: &str, target_path: String) -> Step {
    let inputs = Inputs {
        artifact: Some(artifact.to_owned()),
        target_path: Some(target_path),
        ..Inputs::default()
    };
    task("PublishPipelineArtifact@1", inputs)
}

fn download(artifact: &str, file: &str) -> Step {
    let folder = file.rsplit_once('/').map_or(SOURCES, |(folder, _)| folder);
    let inputs = Inputs {
        build_type: Some("current".to_owned()),
        artifact_name: Some(artifact.to_owned()),
        target_path: Some(if folder.is_empty() {
            "/".to_owned()
        } else {
            folder.to_owned()
        }),
        ..Inputs::default()
    };
    task("DownloadPipelineArtifact@2", inputs)
}

/// A path in the spec's folder, from the agent's root; an absolute one as it is.
fn path(process: &Process, path: &str) -> String {
    match &process.folder {
        _ if path.starts_with('/') => path.to_owned(),
        Some(folder) => format!("{SOURCES}/{folder}/{path}"),
        None => format!("{SOURCES}/{path}"),
    }
}

fn env(env: &Env) -> Mapping<String> {
    env.iter()
        .map(|(name, value)| (name, expression::value(value)))
        .collect()
}

fn put_on_path(folder: Folder) -> String {
    let path = match folder {
        Folder::Named(path) => path.to_owned(),
        Folder::PrintedBy(command) => format!("$({command})"),
    };
    format!("echo \"##vso[task.prependpath]{path}\"")
}
