//! A decision to everyone who waits for it: stdout, files, the CI system around the command.

use std::io::Write;
use std::path::Path;

use crate::cli::Output;
use crate::console::Console;
use crate::decision::Decision;
use crate::error::Error;
use crate::host::Host;
use crate::report::{
    Format, Style, azure_commands, azure_failure, github_annotations, github_failure,
    github_outputs, report,
};

/// Writes the files first: what fails to be recorded is not announced.
pub(super) fn publish(
    decision: &Decision,
    format: Format,
    outputs: &[Output],
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let plain = Style {
        coloured: false,
        width: console.width,
    };
    for output in outputs {
        write_file(
            &console.resolve(&output.path),
            &report(decision, output.format, plain),
        )?;
    }
    let commands = match Host::detect(&console.environment) {
        Host::GithubActions => {
            append(
                console,
                "GITHUB_STEP_SUMMARY",
                &report(decision, Format::Markdown, plain),
            )?;
            append(console, "GITHUB_OUTPUT", &github_outputs(decision))?;
            github_annotations(decision)
        }
        Host::AzurePipelines => {
            let summary = azure_summary(decision, console)?;
            format!("{}{summary}", azure_commands(decision))
        }
        Host::Local => String::new(),
    };
    let style = Style {
        coloured: console.stdout_coloured,
        width: console.width,
    };
    console
        .stdout
        .write_all(report(decision, format, style).as_bytes())?;
    // Beside data for programs, commands for the CI system go where talk goes.
    if format == Format::Text {
        console.stdout.write_all(commands.as_bytes())?;
    } else {
        console.stderr.write_all(commands.as_bytes())?;
    }
    Ok(())
}

/// Marks the step on the CI system when there is no verdict to report: no evidence is not silence.
pub(super) fn announce_failure(error: &Error, console: &mut Console<'_>) {
    let message = error.to_string();
    let command = match Host::detect(&console.environment) {
        Host::GithubActions => github_failure(&message),
        Host::AzurePipelines => azure_failure(&message),
        Host::Local => return,
    };
    // The error itself follows on stderr, and the exit code says it once more.
    let _ = console.tell(command);
}

fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, &error))?;
    }
    std::fs::write(path, text).map_err(|error| Error::write(path, &error))
}

/// Appends to the file that a variable of GitHub Actions names, if it names one.
fn append(console: &Console<'_>, variable: &str, text: &str) -> Result<(), Error> {
    let Some(path) = console.environment.get(variable) else {
        return Ok(());
    };
    let path = console.resolve(Path::new(path));
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Error::write(&path, &error))
}

/// Azure Pipelines takes a summary as a file, by its absolute path.
fn azure_summary(decision: &Decision, console: &Console<'_>) -> Result<String, Error> {
    let Some(folder) = console.environment.get("AGENT_TEMPDIRECTORY") else {
        return Ok(String::new());
    };
    let path = console
        .resolve(Path::new(folder))
        .join(format!("gatewright-{}.md", decision.gate));
    let plain = Style {
        coloured: false,
        width: console.width,
    };
    write_file(&path, &report(decision, Format::Markdown, plain))?;
    Ok(format!("##vso[task.uploadsummary]{}\n", path.display()))
}
