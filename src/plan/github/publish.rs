//! Steps that keep something beyond their job: artifacts and attestations.

use super::parts::{Inputs, Step};
use super::step::{in_folder, uses};
use crate::plan::pins::Pinned;
use crate::plan::shell::decision;
use crate::plan::{GithubTarget, Process};

/// What is said about a model: <https://in-toto.io/attestation/test-result/v0.1>.
const PREDICATE: &str = "https://in-toto.io/attestation/test-result/v0.1";

/// Keeps files under a name.
pub(super) fn upload(
    target: &GithubTarget,
    artifact: &str,
    path: String,
    if_nothing: &str,
) -> Step {
    let is_hidden = path.split('/').any(|part| part.starts_with('.'));
    let inputs = Inputs {
        name: Some(artifact.to_owned()),
        path: Some(path),
        include_hidden_files: is_hidden.then_some(true),
        if_no_files_found: Some(if_nothing.to_owned()),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..uses(target, Pinned::UploadArtifact)
    }
}

/// Fetches what was kept under a name.
pub(super) fn download(target: &GithubTarget, artifact: &str, path: Option<String>) -> Step {
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

/// Signs what a gate decided, about the digests of the model and its files.
pub(super) fn attest(process: &Process, target: &GithubTarget, gate: &str) -> Step {
    let file = |extension: &str| Some(in_folder(process, &decision(gate, extension)));
    let inputs = Inputs {
        subject_checksums: file("sha256"),
        predicate_type: Some(PREDICATE.to_owned()),
        predicate_path: file("predicate.json"),
        ..Inputs::default()
    };
    Step {
        inputs: Some(inputs),
        ..uses(target, Pinned::Attest)
    }
}
