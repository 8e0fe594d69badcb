//! The files that hooks call, looked for on disk.
//!
//! The one decision here: a hook without its file is an error where the spec is read. On the CI
//! system it would be a workflow that does not even start.

use std::path::Path;

use super::load::Loaded;
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Process;
use crate::render;
use crate::spec::{Hook, HookPlace};

/// Every file of a hook that is not there, is elsewhere, or is a generated one.
pub(super) fn absent(loaded: &Loaded, process: &Process) -> Vec<Diagnostic> {
    let hooks = loaded.reading.spec.as_ref().map(|spec| &spec.ci.hooks);
    let root = loaded.root();
    let generated = render::paths(process);
    let mut found = Vec::new();
    for (index, hook) in hooks.into_iter().flatten().enumerate() {
        let github = hook.github.as_ref().filter(|_| process.github.is_some());
        let azure = hook.azure.as_ref().filter(|_| process.azure.is_some());
        for (provider, path) in [("github", github), ("azure", azure)] {
            let Some(path) = path else { continue };
            let wrong = if generated.contains(path) {
                Some(Wrong::generated(path))
            } else {
                look(&root, path, is_action(hook, provider))
            };
            let pointer = format!("/ci/hooks/{index}/{}/{provider}", hook.side.name());
            let span = loaded.reading.span(&pointer);
            found.extend(wrong.map(|Wrong { message, help }| {
                Diagnostic::error(Code::UnknownReference, span, message).help(help)
            }));
        }
    }
    found
}

/// What is wrong with a path, and what to do.
struct Wrong {
    message: String,
    help: String,
}

impl Wrong {
    fn generated(path: &str) -> Self {
        Self {
            message: format!("`{path}` is generated from this spec"),
            help: "a hook is a file of your own, by another name".to_owned(),
        }
    }
}

/// Between steps GitHub calls an action, which is a folder.
fn is_action(hook: &Hook, provider: &str) -> bool {
    provider == "github" && !matches!(hook.place, HookPlace::Job(_))
}

fn look(root: &Path, path: &str, is_action: bool) -> Option<Wrong> {
    let target = root.join(path);
    let files = if is_action {
        vec![target.join("action.yml"), target.join("action.yaml")]
    } else {
        vec![target]
    };
    let Some(file) = files.iter().find(|file| file.is_file()) else {
        return Some(Wrong {
            message: if is_action {
                format!("there is no action in `{path}`")
            } else {
                format!("there is no file `{path}`")
            },
            help: if is_action {
                "write its `action.yml`, with an input `plan`; paths are from the repository root"
            } else {
                "write it; paths are from the repository root"
            }
            .to_owned(),
        });
    };
    is_elsewhere(root, file).then(|| Wrong {
        message: format!("`{path}` is a link to a place outside the repository"),
        help: "put the file itself into the repository: the CI system has nothing else".to_owned(),
    })
}

fn is_elsewhere(root: &Path, file: &Path) -> bool {
    match (std::fs::canonicalize(root), std::fs::canonicalize(file)) {
        (Ok(root), Ok(file)) => !file.starts_with(root),
        // What cannot be followed is nowhere.
        _ => true,
    }
}
