//! The shell lines of generated pipelines: bash, on both providers.
//!
//! The one decision here: a line holds constants and quoted words. What may be anything comes in
//! through an environment variable; names and paths, which the plan has checked, stand there as
//! words, and are quoted all the same.

use super::process::GateCheck;
use crate::spec::Install;

/// Where gates write what they decided, in the spec's folder.
pub(super) const DECISIONS: &str = "decisions";

/// The version of gatewright to install.
pub(super) const VERSION: &str = "GATEWRIGHT_VERSION";

/// The folder on the runner that holds gatewright.
pub(super) const FOLDER: &str = "GATEWRIGHT_FOLDER";

/// The interpreter that `uv` takes.
pub(super) const UV_PYTHON: &str = "UV_PYTHON";

/// The version that was approved.
pub(super) const CANDIDATE: &str = "CANDIDATE_VERSION";

/// Every variable that generated pipelines define for themselves.
pub(super) const VARIABLES: [&str; 7] = [
    VERSION,
    FOLDER,
    UV_PYTHON,
    CANDIDATE,
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
    let option = |name: &str, value: Option<&str>| {
        value
            .map(|value| format!(" --{name} {}", word(value)))
            .unwrap_or_default()
    };
    let command = [
        format!("gatewright gate check {}", word(&check.gate)),
        option("spec", spec_file),
        option("env", check.environment.as_deref()),
        option("tracking-uri", check.tracking_uri.as_deref()),
    ];
    // `:?` fails when the variable is empty, where an empty version could mean any.
    let candidate = |variable: &String| format!("  --candidate \"${{{variable}:?}}\"");
    let report = |(format, extension): (&str, &str)| {
        format!(
            "  -o {format}={}",
            word(&format!("{DECISIONS}/{}.{extension}", check.gate))
        )
    };
    let reports = [("json", "json"), ("junit", "xml"), ("markdown", "md")].map(report);
    let parts: Vec<_> = std::iter::once(command.concat())
        .chain(check.candidate.as_ref().map(candidate))
        .chain(reports)
        .collect();
    lines(&[format!("mkdir -p {DECISIONS}"), parts.join(" \\\n")])
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

/// Lines, each ended.
pub(super) fn lines(lines: &[String]) -> String {
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\n"])
        .collect()
}

/// Text as one word of a shell line.
fn word(text: &str) -> String {
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '@' | '+' | ':' | '=')
    };
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_when_the_shell_would_see_more_than_a_word() {
        assert_eq!(
            word("services/fare/gatewright.yaml"),
            "services/fare/gatewright.yaml"
        );
        assert_eq!(word("a b"), "'a b'");
        assert_eq!(word("it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn the_version_to_install_comes_from_the_environment() {
        let pypi = install(&Install::Pypi, |folder| format!("{folder:?}"));
        assert_eq!(
            pypi,
            "uv tool install \"gatewright==${GATEWRIGHT_VERSION}.*\"\nPrintedBy(\"uv tool dir --bin\")\n"
        );
    }
}
