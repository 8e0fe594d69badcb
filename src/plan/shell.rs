//! The shell lines of generated pipelines: bash, on both providers.
//!
//! The one decision here: a line holds constants and quoted words. What may be anything comes in
//! through an environment variable; names and paths, which the plan has checked, stand there as
//! words, and are quoted all the same.

use super::action::{GateCheck, MonitorCheck, PromoteCall, RollbackCall, RolloutCall};
use super::command::{Command, word};
use super::job::CHANGED;
use super::process::Process;
use crate::spec::Install;

/// Where gates write what they decided, in the spec's folder.
pub(super) const DECISIONS: &str = "decisions";

/// Where evidence is recorded, in the spec's folder.
pub(super) const EVIDENCE: &str = "evidence";

/// The version of gatewright to install.
pub(super) const VERSION: &str = "GATEWRIGHT_VERSION";

/// The folder on the runner that holds gatewright.
pub(super) const FOLDER: &str = "GATEWRIGHT_FOLDER";

/// The interpreter that `uv` takes.
pub(super) const UV_PYTHON: &str = "UV_PYTHON";

/// The version that was approved.
pub(super) const CANDIDATE: &str = "CANDIDATE_VERSION";

/// Why a version is put back.
pub(super) const REASON: &str = "ROLLBACK_REASON";

/// Which version is put back.
pub(super) const ROLLBACK_TO: &str = "ROLLBACK_TO";

/// The command of a stage that is tried again.
pub(super) const COMMAND: &str = "STAGE_COMMAND";

/// Every variable that generated pipelines define for themselves.
pub(super) const VARIABLES: [&str; 11] = [
    VERSION,
    FOLDER,
    UV_PYTHON,
    CANDIDATE,
    REASON,
    ROLLBACK_TO,
    COMMAND,
    super::bundle::PULL_REQUEST,
    "MLFLOW_TRACKING_URI",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_EXPERIMENT_NAME",
];

/// A folder to put on the path of later steps.
#[derive(Debug, Clone, Copy)]
pub(super) enum Folder {
    /// Its path, for between double quotes.
    Named(&'static str),
    /// The command that prints its path.
    PrintedBy(&'static str),
}

/// The line of bash with which a provider puts a folder on the path of later steps.
pub(super) type PutOnPath = fn(Folder) -> String;

/// Installs gatewright, and shows that it starts.
pub(super) fn install(install: &Install, put_on_path: PutOnPath) -> String {
    match install {
        Install::Pypi => lines(&[
            format!("uv tool install \"gatewright==${{{VERSION}}}.*\""),
            put_on_path(Folder::PrintedBy("uv tool dir --bin")),
        ]),
        Install::Cargo => lines(&[
            format!("cargo install --locked gatewright --version \"~${{{VERSION}}}\""),
            put_on_path(Folder::Named("$HOME/.cargo/bin")),
        ]),
        Install::Path(_) => put_on_path(Folder::Named("$GATEWRIGHT_FOLDER")),
    }
}

/// Judges a candidate and writes the decision for machines, test viewers and people.
pub(super) fn gate(check: &GateCheck, spec_file: Option<&str>) -> String {
    let mut folders = vec![DECISIONS];
    let mut command = Command::new(format!("gatewright gate check {}", word(&check.gate)));
    command.option("spec", spec_file);
    command.option("env", check.environment.as_deref());
    command.option("tracking-uri", check.tracking_uri.as_deref());
    if let Some(variable) = &check.candidate {
        // `:?` fails when the variable is empty, where an empty version could mean any.
        command.line(format!("--candidate \"${{{variable}:?}}\""));
    }
    if check.report_only {
        folders.push(EVIDENCE);
        command.line(format!("--record {}", word(&evidence(&check.gate))));
    }
    if check.attest {
        command.flag("model-files");
    }
    let mut reports = vec![("json", "json"), ("junit", "xml"), ("markdown", "md")];
    if check.attest {
        reports.extend([
            ("in-toto", "intoto.json"),
            ("in-toto-predicate", "predicate.json"),
            ("subjects", "sha256"),
        ]);
    }
    for (format, extension) in reports {
        let file = decision(&check.gate, extension);
        command.line(format!("-o {format}={}", word(&file)));
    }
    lines(&[format!("mkdir -p {}", folders.join(" ")), command.text()])
}

/// What a gate decided, in one of its forms.
pub(super) fn decision(gate: &str, extension: &str) -> String {
    format!("{DECISIONS}/{gate}.{extension}")
}

/// What a gate read.
fn evidence(gate: &str) -> String {
    format!("{EVIDENCE}/{gate}.json")
}

/// Lays files beside the evidence, in folders of their own where they are in some.
pub(super) fn gather(files: &[String]) -> String {
    let mut made: Vec<String> = Vec::new();
    for file in files {
        if let Some((folder, _)) = file.rsplit_once('/') {
            made.push(format!(
                "mkdir -p {}",
                word(&format!("{EVIDENCE}/{folder}"))
            ));
        }
        let (from, to) = (word(file), word(&format!("{EVIDENCE}/{file}")));
        made.push(format!("cp {from} {to}"));
    }
    lines(&made)
}

/// Judges recorded evidence again, for the comment.
pub(super) fn comment(gate: &str, spec_name: &str) -> String {
    let mut command = Command::new(format!("gatewright gate check {}", word(gate)));
    command.option("spec", Some(&format!("{EVIDENCE}/{spec_name}")));
    command.line(format!("--evidence {}", word(&evidence(gate))));
    command.line("--comment".to_owned());
    lines(&[command.text()])
}

/// Lets a version live.
pub(super) fn promote(call: &PromoteCall, spec_file: Option<&str>) -> String {
    let mut command = Command::new("gatewright promote".to_owned());
    command.option("spec", spec_file);
    command.option("env", Some(&call.environment));
    command.line(format!("--candidate \"${{{}:?}}\"", call.candidate));
    for gate in &call.gates {
        command.line(format!("--decision {}", word(&decision(gate, "json"))));
    }
    lines(&[command.text()])
}

/// Turns the traffic to what is live. `{step}` is filled in by gatewright; no gate has a dot in its
/// name, so these files are no gate's own.
pub(super) fn rollout(call: &RolloutCall, spec_file: Option<&str>) -> String {
    let mut command = Command::new("gatewright rollout".to_owned());
    command.option("spec", spec_file);
    command.option("env", Some(&call.environment));
    if let Some(gate) = &call.kept {
        for (format, extension) in [("json", "json"), ("junit", "xml"), ("markdown", "md")] {
            let file = decision(&format!("{gate}.{{step}}"), extension);
            command.line(format!("-o {format}={}", word(&file)));
        }
    }
    lines(&[command.text()])
}

/// What a deployment would change. The command line leaves its folder out of what it uploads.
pub(super) const BUNDLE_PLAN: &str = ".databricks/bundle-plan.json";

/// Puts a version back. `=` keeps what begins with `-` from being taken for an option.
pub(super) fn rollback(call: &RollbackCall, spec_file: Option<&str>) -> String {
    let mut command = Command::new("gatewright rollback".to_owned());
    command.option("spec", spec_file);
    command.option("env", Some(&call.environment));
    command.line(format!("--reason=\"${{{}:?}}\"", call.reason));
    let version = &call.version;
    command.line(format!("${{{version}:+\"--to=${version}\"}}"));
    lines(&[command.text()])
}

/// Looks after the live model.
pub(super) fn monitor(check: &MonitorCheck, spec_file: Option<&str>) -> String {
    let mut command = Command::new(format!("gatewright monitor check {}", word(&check.monitor)));
    command.option("spec", spec_file);
    command.option("env", Some(&check.environment));
    if check.trigger {
        command.flag("trigger");
    }
    command.text()
}

/// Says whether anything of the project differs, where `difference` compares two commits and gives
/// yes where they are the same. Whatever keeps it from telling is taken for a change, and names of
/// files are never printed: a log may be read for commands.
pub(super) fn compare(
    process: &Process,
    difference: &str,
    told: fn(&str, &str) -> String,
) -> String {
    let mut difference = Command::new(format!("if {difference} --"));
    for source in &process.sources {
        difference.line(word(source));
    }
    // Git reads a pattern as the providers do only when told: without it, `*` crosses folders.
    for pattern in &process.shared {
        difference.line(word(&format!(":(glob){pattern}")));
    }
    let output = CHANGED.2;
    lines(&[
        format!("{output}=true"),
        format!("{}; then", difference.text()),
        format!("  {output}=false"),
        "fi".to_owned(),
        told(output, &format!("${output}")),
    ])
}

/// Validates the spec.
pub(super) fn validate(spec_path: &str) -> String {
    format!("gatewright validate {}", word(spec_path))
}

/// Compares the generated files with the spec.
pub(super) fn drift(spec_path: &str) -> String {
    format!("gatewright generate --check --spec {}", word(spec_path))
}

/// A command as the user wrote it, ended by one line end.
pub(super) fn verbatim(command: &str) -> String {
    format!("{}\n", command.trim_end_matches(['\n', '\r']))
}

/// Runs the command in [`COMMAND`] until it succeeds, so many times at most.
pub(super) fn repeated(attempts: u32) -> String {
    lines(&[
        format!("for attempt in {{1..{attempts}}}; do"),
        format!("  if bash -eo pipefail -c \"${COMMAND}\"; then exit 0; fi"),
        format!("  echo \"attempt $attempt of {attempts} failed\""),
        "done".to_owned(),
        "exit 1".to_owned(),
    ])
}

/// Lines, each ended.
pub(super) fn lines(lines: &[String]) -> String {
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_to_install_comes_from_the_environment() {
        let pypi = install(&Install::Pypi, |folder| format!("{folder:?}"));
        assert_eq!(
            pypi,
            "uv tool install \"gatewright==${GATEWRIGHT_VERSION}.*\"\nPrintedBy(\"uv tool dir --bin\")\n"
        );
    }
}
