//! From a planned step to steps of Azure: one function per kind of step.

use super::expression::{self, name};
use super::hook;
use super::parts::{Count, Inputs, Step};
use super::publish::{decisions, download, fetch_evidence, publish, publish_evidence, tests};
use crate::plan::bundle;
use crate::plan::shell::{self, Folder};
use crate::plan::{
    self, Action, CHANGED, Env, GateCheck, History, Mapping, Moment, Process, Value,
};

/// Where the repository is.
pub(super) const SOURCES: &str = "$(Build.SourcesDirectory)";

/// One step, or the few that Azure needs for it.
fn steps(process: &Process, step: &plan::Step) -> Vec<Step> {
    let made = match &step.action {
        Action::Checkout(history) => vec![checkout(*history)],
        Action::Python(version) => vec![python(version)],
        Action::PublishTests(report) => vec![tests(process, report, "Tests")],
        Action::PublishDecisions(artifact) => decisions(process, artifact),
        Action::PublishEvidence(artifact) => vec![publish_evidence(process, artifact)],
        Action::FetchEvidence(artifact) => vec![fetch_evidence(artifact)],
        Action::Keep { artifact, file } => vec![publish(artifact, path(process, file))],
        Action::Hook(call) => return vec![hook::step(call, &step.why)],
        Action::Restore { artifact, file } => vec![download(artifact, &path(process, file))],
        // The pipeline as a whole is the check; nothing here signs; and a session lasts no longer
        // than its task: see `signed_in`.
        Action::Aggregate(_) | Action::Attest(_) | Action::SignInToAzure => Vec::new(),
        action => vec![script(process, action)],
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

/// The steps of a job. After the one that signs in, what runs the project's commands does so in a
/// session of Azure: a task of its own for each, as no session outlives its task.
pub(super) fn of_job(process: &Process, job: &plan::Job) -> Vec<Step> {
    let mut connection = None;
    let mut made = Vec::new();
    for step in &job.steps {
        let steps = steps(process, step);
        match (&step.action, connection) {
            (Action::SignInToAzure, _) => connection = connection_of(process, job),
            (Action::Command { .. } | Action::Rollout(_), Some(name)) => {
                made.extend(steps.into_iter().map(|step| signed_in(step, name)));
            }
            _ => made.extend(steps),
        }
    }
    made
}

/// The service connection for the environment of a job.
fn connection_of<'p>(process: &'p Process, job: &plan::Job) -> Option<&'p str> {
    let azure = &process.azure.as_ref()?.azure;
    azure.connection(&job.environment.as_ref()?.name)
}

/// The same script, signed in.
fn signed_in(step: Step, connection: &str) -> Step {
    let inputs = Inputs {
        azure_subscription: Some(connection.to_owned()),
        script_type: Some("bash".to_owned()),
        script_location: Some("inlineScript".to_owned()),
        inline_script: step.bash,
        working_directory: step.working_directory,
        keep_az_session_active: Some(true),
        ..Inputs::default()
    };
    Step {
        bash: None,
        working_directory: None,
        task: Some("AzureCLI@2".to_owned()),
        timeout_in_minutes: step.timeout_in_minutes.map(Count::as_number),
        retry_count_on_task_failure: step.retry_count_on_task_failure.map(Count::as_number),
        inputs: Some(inputs),
        ..step
    }
}

/// What is a script.
fn script(process: &Process, action: &Action) -> Step {
    let inside = |step: Step| in_folder(process, step);
    match action {
        Action::Uv => bash("pipx install uv\n"),
        // Azure has no task for it: the agent's image brings it along, or this says that it does not.
        Action::DatabricksCli => bash("databricks --version\n"),
        Action::Gatewright => bash(&shell::install(&process.install, put_on_path)),
        Action::VirtualEnvironment => {
            let script = put_on_path(Folder::Named("$PWD/.venv/bin"));
            inside(bash(&script))
        }
        Action::Command {
            run,
            env,
            timeout_minutes,
            retries,
        } => inside(command(run, env, *timeout_minutes, *retries)),
        Action::Compare => compare(process),
        Action::ValidateSpec => bash(&shell::validate(&process.spec_path)),
        Action::CheckDrift => bash(&shell::drift(&process.spec_path)),
        Action::GatherEvidence(files) => inside(bash(&shell::gather(files))),
        // Where no repository is fetched there is no folder.
        Action::Comment(gate) => Step {
            continue_on_error: Some("true".to_owned()),
            env: with_token(&Env::new()),
            ..bash(&shell::comment(gate, process.spec_name()))
        },
        action => inside(call(process, action)),
    }
}

/// What calls gatewright in an environment.
fn call(process: &Process, action: &Action) -> Step {
    let spec = process.spec_file();
    let with = |variables: &Env, script: String| Step {
        env: env(variables),
        ..bash(&script)
    };
    match action {
        Action::Gate(check) => gate(process, check),
        // Who approved it is asked for.
        Action::Promote(call) if call.approved => Step {
            env: with_token(&call.env),
            ..bash(&shell::promote(call, spec))
        },
        Action::Promote(call) => with(&call.env, shell::promote(call, spec)),
        Action::Rollout(call) => with(&call.env, shell::rollout(call, spec)),
        Action::Bundle(call) => with(&call.env, bundle::script(call, show)),
        Action::Rollback(call) => with(&call.env, shell::rollback(call, spec)),
        Action::Monitor(check) if check.trigger => Step {
            env: with_token(&check.env),
            ..bash(&shell::monitor(check, spec))
        },
        Action::Monitor(check) => with(&check.env, shell::monitor(check, spec)),
        // Everything else is no script.
        _ => Step::default(),
    }
}

/// The token of the build service, by the name that clients look for.
const TOKEN: [&str; 2] = ["SYSTEM_ACCESSTOKEN", "$(System.AccessToken)"];

/// The variables of a step, after the token.
fn with_token(variables: &Env) -> Mapping<String> {
    let [name, value] = TOKEN.map(str::to_owned);
    let own = env(variables);
    let own = own
        .iter()
        .map(|(name, value)| (name.to_owned(), value.clone()));
    std::iter::once((name, value)).chain(own).collect()
}

/// A pull request is built as its merge with the target, whose first parent is the target. What is
/// built otherwise has no such base, and counts as changed.
fn compare(process: &Process) -> Step {
    let difference = "[[ \"$BUILD_REASON\" == PullRequest ]] &&\n  \
                      git rev-parse --quiet --verify HEAD^2 > /dev/null &&\n  \
                      git diff --quiet HEAD^1 HEAD";
    let told = |name: &str, value: &str| {
        format!("echo \"##vso[task.setvariable variable={name};isoutput=true]{value}\"")
    };
    Step {
        name: Some(CHANGED.1.to_owned()),
        ..bash(&shell::compare(process, difference, told))
    }
}

fn condition(moment: Moment) -> Option<String> {
    match moment {
        Moment::WhileGood => None,
        Moment::AfterFailureToo => Some("succeededOrFailed()".to_owned()),
        Moment::InAnyCase => Some("always()".to_owned()),
    }
}

/// A script that stops at the first failure, in a pipe too, as `shell: bash` does on GitHub.
fn bash(script: &str) -> Step {
    let script = shell::verbatim(script);
    Step {
        bash: Some(format!("set -eo pipefail\n{script}")),
        ..Step::default()
    }
}

fn command(command: &str, variables: &Env, timeout_minutes: Option<u32>, retries: u32) -> Step {
    Step {
        env: env(variables),
        timeout_in_minutes: timeout_minutes.map(Count::from),
        retry_count_on_task_failure: (retries > 0).then(|| Count::from(retries)),
        ..bash(&shell::verbatim(command))
    }
}

pub(super) fn task(task: &str, inputs: Inputs) -> Step {
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

fn checkout(history: History) -> Step {
    let depth = match history {
        History::Tip => "1",
        History::Base => "2",
    };
    Step {
        comment: "No token stays behind for the project's code to find.".into(),
        checkout: Some("self".to_owned()),
        fetch_depth: Some(depth.to_owned()),
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

/// A path in the spec's folder, from the agent's root; an absolute one as it is.
pub(super) fn path(process: &Process, path: &str) -> String {
    match &process.folder {
        _ if path.starts_with('/') => path.to_owned(),
        Some(folder) => format!("{SOURCES}/{folder}/{path}"),
        None => format!("{SOURCES}/{path}"),
    }
}

/// Databricks' clients ask for the identity of the job with the token of the build service.
fn env(env: &Env) -> Mapping<String> {
    let signs_in = env.values().any(|value| *value == Value::WorkloadIdentity);
    let own = signs_in.then(|| TOKEN.map(str::to_owned)).into_iter();
    env.iter()
        .map(|(name, value)| (name.clone(), expression::value(value)))
        .chain(own.map(|[name, value]| (name, value)))
        .collect()
}

fn show(file: &str) -> String {
    format!("echo \"##vso[task.uploadsummary]$PWD/{file}\"")
}

fn put_on_path(folder: Folder) -> String {
    let path = match folder {
        Folder::Named(path) => path.to_owned(),
        Folder::PrintedBy(command) => format!("$({command})"),
    };
    format!("echo \"##vso[task.prependpath]{path}\"")
}
