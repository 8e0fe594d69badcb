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
use crate::tree;

/// What the CI system around the command is told.
pub(super) struct Announcement<'a> {
    /// A page of Markdown.
    pub(super) summary: &'a str,
    /// The lines for GitHub's file of step outputs.
    pub(super) outputs: &'a str,
    /// Commands for GitHub Actions.
    pub(super) github: &'a str,
    /// Commands for Azure Pipelines.
    pub(super) azure: &'a str,
    /// What the summary's file is called after.
    pub(super) name: &'a str,
}

/// The report that stdout gets.
pub(super) fn on_stdout(decision: &Decision, format: Format, console: &Console<'_>) -> String {
    let style = Style {
        coloured: console.stdout_coloured,
        width: console.width,
    };
    report(decision, format, style)
}

/// Writes the files first: what fails to be recorded is not announced.
pub(super) fn publish(
    decision: &Decision,
    stdout: (&str, Format),
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
    let announcement = Announcement {
        summary: &report(decision, Format::Markdown, plain),
        outputs: &github_outputs(decision),
        github: &github_annotations(decision),
        azure: &azure_commands(decision),
        name: &decision.gate,
    };
    announce(stdout, &announcement, console)
}

/// Tells the CI system and stdout. Beside data for programs, commands for the CI system go where
/// talk goes; where stdout has them already, they are not said twice.
pub(super) fn announce(
    (stdout, format): (&str, Format),
    announcement: &Announcement<'_>,
    console: &mut Console<'_>,
) -> Result<(), Error> {
    let commands = match Host::detect(&console.environment) {
        Host::GithubActions => {
            append(console, "GITHUB_STEP_SUMMARY", announcement.summary)?;
            append(console, "GITHUB_OUTPUT", announcement.outputs)?;
            match format {
                Format::Github => String::new(),
                _ => announcement.github.to_owned(),
            }
        }
        Host::AzurePipelines => {
            let summary = azure_summary(announcement, console)?;
            match format {
                Format::Azure => summary,
                _ => format!("{}{summary}", announcement.azure),
            }
        }
        Host::Local => String::new(),
    };
    console.stdout.write_all(stdout.as_bytes())?;
    if format == Format::Text {
        console.stdout.write_all(commands.as_bytes())?;
    } else {
        console.stderr.write_all(commands.as_bytes())?;
    }
    Ok(())
}

/// Marks the step on the CI system when there is no verdict to report: no evidence is not silence.
pub(super) fn announce_failure(command: &str, error: &Error, console: &mut Console<'_>) {
    if matches!(error, Error::Reported(_)) {
        return;
    }
    let message = console.environment.conceal(&error.to_string());
    let said = match Host::detect(&console.environment) {
        Host::GithubActions => github_failure(command, &message),
        Host::AzurePipelines => azure_failure(command, &message),
        Host::Local => return,
    };
    // The error itself follows on stderr, and the exit code says it once more.
    let _ = console.tell(said);
}

/// Writes a file, and the folders it is in.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::write(folder, &error))?;
    }
    tree::replace(path, text).map_err(|error| Error::write(path, &error))
}

/// Appends to the file that a variable of GitHub Actions names, if it names one.
fn append(console: &Console<'_>, variable: &str, text: &str) -> Result<(), Error> {
    let path = console.environment.get(variable);
    let Some(path) = path.filter(|_| !text.is_empty()) else {
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
fn azure_summary(announcement: &Announcement<'_>, console: &Console<'_>) -> Result<String, Error> {
    let Some(folder) = console.environment.get("AGENT_TEMPDIRECTORY") else {
        return Ok(String::new());
    };
    let path = console
        .resolve(Path::new(folder))
        .join(format!("gatewright-{}.md", announcement.name));
    write_file(&path, announcement.summary)?;
    Ok(format!("##vso[task.uploadsummary]{}\n", path.display()))
}
