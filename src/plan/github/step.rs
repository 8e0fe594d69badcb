//! From a planned step to a step of a workflow: one function per kind of step.

use super::job::env;
use super::model::{Inputs, Step};
use crate::plan::pins::Pinned;
use crate::plan::shell::{self, DECISIONS, Folder};
use crate::plan::{self, Action, Comment, Env, GateCheck, GithubTarget, Moment, Process};

/// One step.
pub(super) fn step(
    process: &Process,
    target: &GithubTarget,
    job: &plan::Job,
    step: &plan::Step,
) -> Step {
    let uses = |action| uses(target, action);
    let within = |path: &str| in_folder(process, path);
    let made = match &step.action {
        Action::Checkout => checkout(uses(Pinned::Checkout)),
        Action::Python(version) => python(uses(Pinned::SetupPython), version),
        Action::Uv => uv(uses(Pinned::SetupUv)),
        Action::Gatewright => run(shell::install(&process.install, put_on_path)),
        Action::VirtualEnvironment => run(put_on_path(Folder::Named("$PWD/.venv/bin"))),
        Action::Command {
            run,
            env,
            timeout_minutes,
        } => command(run, env, *timeout_minutes),
        Action::ValidateSpec => run(shell::validate(&process.spec_path)),
        Action::CheckDrift => run(shell::drift(&process.spec_path)),
        Action::Gate(check) => gate(process, check),
        Action::PublishTests(report) => upload(target, "test-report", within(report), "error"),
        Action::PublishDecisions(artifact) => {
            upload(target, artifact, within(&format!("{DECISIONS}/")), "warn")
        }
        Action::Keep { artifact, file } => upload(target, artifact, within(file), "error"),
        Action::Restore { artifact, file } => download(target, artifact, folder_of(&within(file))),
        Action::Aggregate => aggregate(job),
    };
    Step {
        name: step.name.clone(),
        comment: Comment::from(step.why.as_str()),
        condition: condition(step.moment),
        ..made
    }
}

fn condition(moment: Moment) -> Option<String> {
    (moment == Moment::AfterFailureToo).then(|| "${{ !cancelled() }}".to_owned())
}

fn command(command: &str, variables: &Env, timeout_minutes: Option<u32>) -> Step {
    Step {
        env: env(variables),
        timeout_minutes,
        ..run(shell::verbatim(command))
    }
}

fn run(script: String) -> Step {
    Step {
        run: Some(script),
        ..Step::default()
    }
}

fn uses(target: &GithubTarget, action: Pinned) -> Step {
    let pin = target.pins.uses(action);
    Step {
        uses: Some(pin.reference),
        uses_comment: pin.version.into(),
        ..Step::default()
    }
}

fn checkout(step: Step) -> Step {
    let inputs = Inputs {
        comment: "No token stays behind for the project's code to find.".into(),
        persist_credentials: Some(false),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..step
    }
}

fn python(step: Step, version: &str) -> Step {
    let inputs = Inputs {
        python_version: Some(version.to_owned()),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..step
    }
}

fn uv(step: Step) -> Step {
    let inputs = Inputs {
        comment: "A cache is shared between runs: what one writes, all the others run.".into(),
        enable_cache: Some(false),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..step
    }
}

fn upload(target: &GithubTarget, artifact: &str, path: String, if_nothing: &str) -> Step {
    let inputs = Inputs {
        name: Some(artifact.to_owned()),
        path: Some(path),
        if_no_files_found: Some(if_nothing.to_owned()),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..uses(target, Pinned::UploadArtifact)
    }
}

fn download(target: &GithubTarget, artifact: &str, path: Option<String>) -> Step {
    let inputs = Inputs {
        name: Some(artifact.to_owned()),
        path,
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..uses(target, Pinned::DownloadArtifact)
    }
}

fn gate(process: &Process, check: &GateCheck) -> Step {
    Step {
        id: Some(check.id.clone()),
        continue_on_error: check.report_only.then_some(true),
        env: env(&check.env),
        ..run(shell::gate(check, process.spec_file()))
    }
}

/// Compares by name: a result that is empty or new must not count as success.
fn aggregate(job: &plan::Job) -> Step {
    let name = |id: &str| format!("{}_RESULT", id.to_uppercase().replace('-', "_"));
    let result = |id: &String| (name(id), format!("${{{{ needs.{id}.result }}}}"));
    let test = |id: &String| {
        let result = name(id);
        [
            format!("echo \"{id}: ${result}\""),
            format!("[[ \"${result}\" == success ]]"),
        ]
    };
    let tests: Vec<_> = job.needs.iter().flat_map(test).collect();
    Step {
        env: job.needs.iter().map(result).collect(),
        ..run(shell::lines(&tests))
    }
}

fn put_on_path(folder: Folder) -> String {
    let print = match folder {
        Folder::Named(path) => format!("echo \"{path}\""),
        Folder::PrintedBy(command) => command.to_owned(),
    };
    format!("{print} >> \"$GITHUB_PATH\"")
}

/// A path in the spec's folder, from the repository root; an absolute one as it is.
fn in_folder(process: &Process, path: &str) -> String {
    match &process.folder {
        Some(folder) if !path.starts_with('/') => format!("{folder}/{path}"),
        _ => path.to_owned(),
    }
}

fn folder_of(path: &str) -> Option<String> {
    let (folder, _) = path.rsplit_once('/')?;
    Some(if folder.is_empty() {
        "/".to_owned()
    } else {
        folder.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_file_at_the_root_is_left_to_the_default() {
        assert_eq!(folder_of("mlflow.db"), None);
        assert_eq!(
            folder_of("services/fare/mlflow.db").as_deref(),
            Some("services/fare")
        );
    }

    #[test]
    fn a_cancelled_job_publishes_nothing() {
        assert_eq!(
            condition(Moment::AfterFailureToo).as_deref(),
            Some("${{ !cancelled() }}")
        );
        assert_eq!(condition(Moment::WhileGood), None);
    }
}
