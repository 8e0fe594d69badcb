//! From a planned step to a step of a workflow: one function per kind of step.

use super::expression;
use super::hook;
use super::job::env;
use super::parts::{Inputs, Step};
use super::publish::{attest, download, upload};
use crate::plan::bundle;
use crate::plan::pins::Pinned;
use crate::plan::shell::{self, DECISIONS, EVIDENCE, Folder};
use crate::plan::{
    self, Action, CHANGED, Comment, Env, GateCheck, GithubTarget, History, Mapping, Moment,
    Process, PromoteCall, Value,
};

/// One step.
pub(super) fn step(
    process: &Process,
    target: &GithubTarget,
    job: &plan::Job,
    step: &plan::Step,
) -> Step {
    Step {
        name: step.name.clone(),
        comment: Comment::from(step.why.as_str()),
        condition: condition(step.moment),
        ..made(process, target, job, &step.action)
    }
}

fn made(process: &Process, target: &GithubTarget, job: &plan::Job, action: &Action) -> Step {
    let uses = |action| uses(target, action);
    let within = |path: &str| in_folder(process, path);
    match action {
        Action::Checkout(history) => checkout(uses(Pinned::Checkout), *history),
        Action::Python(version) => python(uses(Pinned::SetupPython), version),
        Action::Uv => uv(uses(Pinned::SetupUv)),
        Action::DatabricksCli => uses(Pinned::SetupDatabricks),
        Action::SignInToAzure => azure(uses(Pinned::AzureLogin)),
        Action::PublishTests(report) => upload(target, "test-report", within(report), "error"),
        Action::PublishDecisions(artifact) => {
            upload(target, artifact, within(&format!("{DECISIONS}/")), "warn")
        }
        Action::PublishEvidence(artifact) => {
            upload(target, artifact, within(&format!("{EVIDENCE}/")), "error")
        }
        Action::FetchEvidence(artifact) => download(target, artifact, Some(EVIDENCE.to_owned())),
        Action::Keep { artifact, file } => upload(target, artifact, within(file), "error"),
        Action::Restore { artifact, file } => download(target, artifact, folder_of(&within(file))),
        Action::Attest(gate) => attest(process, target, gate),
        Action::Aggregate(reviewed) => aggregate(job, reviewed),
        Action::Hook(call) => hook::step(target, call),
        Action::Command {
            run,
            env,
            timeout_minutes,
            retries,
        } => command(run, env, *timeout_minutes, *retries),
        action => script(process, action),
    }
}

/// What is a shell line of ours.
fn script(process: &Process, action: &Action) -> Step {
    let spec = process.spec_file();
    let with = |variables: &Env, script: String| Step {
        env: env(variables),
        ..run(script)
    };
    match action {
        Action::Gatewright => run(shell::install(&process.install, put_on_path)),
        Action::VirtualEnvironment => run(put_on_path(Folder::Named("$PWD/.venv/bin"))),
        Action::ValidateSpec => run(shell::validate(&process.spec_path)),
        Action::CheckDrift => run(shell::drift(&process.spec_path)),
        Action::Compare => compare(process),
        Action::Gate(check) => gate(process, check),
        Action::GatherEvidence(files) => run(shell::gather(files)),
        Action::Comment(gate) => Step {
            continue_on_error: Some(true),
            env: after(Some(("GITHUB_TOKEN", TOKEN)), &Env::new()),
            ..run(shell::comment(gate, process.spec_name()))
        },
        Action::Promote(call) => Step {
            env: after(promoter(call), &call.env),
            ..run(shell::promote(call, spec))
        },
        Action::Rollout(call) => with(&call.env, shell::rollout(call, spec)),
        Action::Bundle(call) => with(&call.env, bundle::script(call, show)),
        Action::Rollback(call) => with(&call.env, shell::rollback(call, spec)),
        Action::Monitor(check) => Step {
            env: after(check.trigger.then_some(("GITHUB_TOKEN", TOKEN)), &check.env),
            ..run(shell::monitor(check, spec))
        },
        // Everything else is no shell line.
        _ => Step::default(),
    }
}

/// The token of the job, which may do what its permissions say.
const TOKEN: &str = "${{ github.token }}";

/// What was signed is asked for with GitHub's own client, and who approved it by ourselves; both
/// take the token of the client.
fn promoter(call: &PromoteCall) -> Option<(&'static str, &'static str)> {
    match (call.attested, call.approved) {
        (true, _) => Some(("GH_TOKEN", TOKEN)),
        (false, true) => Some(("GITHUB_TOKEN", TOKEN)),
        (false, false) => None,
    }
}

/// The variables of a step, after one that it has besides.
fn after(first: Option<(&str, &str)>, settings: &Env) -> Mapping<String> {
    let first = first.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = env(settings);
    let settings = settings
        .iter()
        .map(|(name, value)| (name.to_owned(), value.clone()));
    first.into_iter().chain(settings).collect()
}

/// What is judged already is where the change goes to: the base of a pull request or of a group in
/// the merge queue, or what the branch was before a push. A start by hand has none.
fn compare(process: &Process) -> Step {
    let event = "base='.pull_request.base.sha // .merge_group.base_sha // .before'";
    let difference = "base=$(jq -er \"$base\" \"$GITHUB_EVENT_PATH\") &&\n  \
                      git diff --quiet \"$base\" HEAD";
    let told = |name: &str, value: &str| format!("echo \"{name}={value}\" >> \"$GITHUB_OUTPUT\"");
    let script = shell::compare(process, difference, told);
    Step {
        id: Some(CHANGED.1.to_owned()),
        ..run(format!("{event}\n{script}"))
    }
}

fn condition(moment: Moment) -> Option<String> {
    match moment {
        Moment::WhileGood => None,
        Moment::AfterFailureToo => Some("${{ !cancelled() }}".to_owned()),
        Moment::InAnyCase => Some("${{ always() }}".to_owned()),
    }
}

/// GitHub tries nothing again by itself. The command comes in through a variable, so that what is
/// around it cannot change what it means.
fn command(command: &str, variables: &Env, timeout_minutes: Option<u32>, retries: u32) -> Step {
    if retries == 0 {
        return Step {
            env: env(variables),
            timeout_minutes,
            ..run(shell::verbatim(command))
        };
    }
    let command = shell::verbatim(command);
    let attempts = retries.saturating_add(1);
    Step {
        env: after(Some((shell::COMMAND, &command)), variables),
        timeout_minutes: timeout_minutes.map(|minutes| minutes.saturating_mul(attempts)),
        ..run(shell::repeated(attempts))
    }
}

pub(super) fn run(script: String) -> Step {
    Step {
        run: Some(script),
        ..Step::default()
    }
}

pub(super) fn uses(target: &GithubTarget, action: Pinned) -> Step {
    let pin = target.pins.uses(action);
    Step {
        uses: Some(pin.reference),
        uses_comment: pin.version.into(),
        ..Step::default()
    }
}

fn checkout(step: Step, history: History) -> Step {
    let inputs = Inputs {
        comment: "No token stays behind for the project's code to find.".into(),
        fetch_depth: (history == History::Base).then_some(0),
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

/// None of it is secret: whoever knows it cannot sign in with it.
fn azure(step: Step) -> Step {
    let kept = |name: &str| Some(expression::value(&Value::Variable(name.to_owned())));
    let inputs = Inputs {
        client_id: kept("AZURE_CLIENT_ID"),
        tenant_id: kept("AZURE_TENANT_ID"),
        subscription_id: kept("AZURE_SUBSCRIPTION_ID"),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..step
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

/// Whether this is a pull request of somebody who may write to the repository. Other events are not,
/// and neither are forks.
const SAME_REPOSITORY: &str =
    "${{ github.event.pull_request.head.repo.full_name == github.repository }}";

/// Compares by name: a result that is empty or new must not count as success.
fn aggregate(job: &plan::Job, reviewed: &[String]) -> Step {
    let (changed, _, output) = CHANGED;
    let variable = |id: &str| format!("{}_RESULT", id.to_uppercase().replace('-', "_"));
    let mut env = Vec::new();
    let mut tests = Vec::new();
    let filtered = job.needs.iter().any(|id| id == changed);
    if filtered {
        let touched = format!("${{{{ needs.{changed}.outputs.{output} }}}}");
        env.push(("PROJECT_CHANGED".to_owned(), touched));
        tests.push("expected=success".to_owned());
        tests.push("if [[ \"$PROJECT_CHANGED\" == false ]]; then expected=skipped; fi".to_owned());
    }
    // A patch may have removed some of them.
    let is_reviewed = |id: &String| reviewed.contains(id);
    if job.needs.iter().any(is_reviewed) {
        env.push(("SAME_REPOSITORY".to_owned(), SAME_REPOSITORY.to_owned()));
        let expected = if filtered { "$expected" } else { "success" };
        tests.push("reviewed=skipped".to_owned());
        tests.push(format!(
            "if [[ \"$SAME_REPOSITORY\" == true ]]; then reviewed={expected}; fi"
        ));
    }
    for id in &job.needs {
        let result = variable(id);
        let expected = if is_reviewed(id) {
            "\"$reviewed\""
        } else if filtered && id != changed {
            "\"$expected\""
        } else {
            "success"
        };
        tests.push(format!("echo \"{id}: ${result}\""));
        tests.push(format!("[[ \"${result}\" == {expected} ]]"));
        env.push((result, format!("${{{{ needs.{id}.result }}}}")));
    }
    Step {
        env: env.into_iter().collect(),
        ..run(shell::lines(&tests))
    }
}

fn show(file: &str) -> String {
    format!("cat {file} >> \"$GITHUB_STEP_SUMMARY\"")
}

fn put_on_path(folder: Folder) -> String {
    let print = match folder {
        Folder::Named(path) => format!("echo \"{path}\""),
        Folder::PrintedBy(command) => command.to_owned(),
    };
    format!("{print} >> \"$GITHUB_PATH\"")
}

/// A path in the spec's folder, from the repository root; an absolute one as it is.
pub(super) fn in_folder(process: &Process, path: &str) -> String {
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
