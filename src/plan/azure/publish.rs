//! Steps that keep something beyond their job: artifacts and test reports.

use super::parts::{Inputs, Step};
use super::step::{SOURCES, path, task};
use crate::plan::Process;
use crate::plan::shell::{DECISIONS, EVIDENCE};

/// Shows `JUnit` reports in the Tests tab.
pub(super) fn tests(process: &Process, reports: &str, title: &str) -> Step {
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
pub(super) fn decisions(process: &Process, artifact: &str) -> Vec<Step> {
    let shown = Step {
        display_name: Some("Show the decisions".to_owned()),
        ..tests(process, &format!("{DECISIONS}/*.xml"), "Gates")
    };
    vec![
        shown,
        publish(&of_attempt(artifact), path(process, DECISIONS)),
    ]
}

/// Keeps what the comment is made from.
pub(super) fn publish_evidence(process: &Process, artifact: &str) -> Step {
    publish(&of_attempt(artifact), path(process, EVIDENCE))
}

/// Fetches what the comment is made from to where nothing else is.
pub(super) fn fetch_evidence(artifact: &str) -> Step {
    fetch(&of_attempt(artifact), &format!("{SOURCES}/{EVIDENCE}"))
}

/// An artifact cannot be written twice, and a stage can be run again.
fn of_attempt(artifact: &str) -> String {
    format!("{artifact}-$(System.StageAttempt)")
}

/// Keeps a file or folder under a name.
pub(super) fn publish(artifact: &str, target_path: String) -> Step {
    let inputs = Inputs {
        artifact: Some(artifact.to_owned()),
        target_path: Some(target_path),
        ..Inputs::default()
    };
    task("PublishPipelineArtifact@1", inputs)
}

/// Puts a kept file back where it was.
pub(super) fn download(artifact: &str, file: &str) -> Step {
    let folder = file.rsplit_once('/').map_or(SOURCES, |(folder, _)| folder);
    fetch(artifact, if folder.is_empty() { "/" } else { folder })
}

fn fetch(artifact: &str, folder: &str) -> Step {
    let inputs = Inputs {
        build_type: Some("current".to_owned()),
        artifact_name: Some(artifact.to_owned()),
        target_path: Some(folder.to_owned()),
        ..Inputs::default()
    };
    task("DownloadPipelineArtifact@2", inputs)
}
