//! Two specs that would write the same file.

use std::collections::BTreeMap;

use super::project::Project;
use crate::error::Error;
use crate::render;

/// Two projects of one name share files, jobs and artifacts: that is said before their files are.
pub(super) fn check(projects: &[Project]) -> Result<(), Error> {
    let by_name = projects.iter().map(|one| (&one.process.project, one));
    let same = pairs(by_name, |name| format!("are both the project `{name}`"));
    if !same.is_empty() {
        return Err(Error::usage(
            same.join("; "),
            "give each its own `project:`; files, jobs and artifacts are named after it",
        ));
    }
    let paths: Vec<_> = projects
        .iter()
        .flat_map(|one| {
            render::paths(&one.process)
                .into_iter()
                .map(move |path| (path, one))
        })
        .collect();
    let by_path = paths.iter().map(|(path, one)| (path, *one));
    let files = pairs(by_path, |path| format!("would both write `{path}`"));
    if files.is_empty() {
        return Ok(());
    }
    Err(Error::usage(
        files.join("; "),
        "give each its own `project:`, and a folder of its own",
    ))
}

/// What is said of every two that share a key; some file systems do not tell `A` from `a`.
fn pairs<'a>(
    keyed: impl Iterator<Item = (&'a String, &'a Project)>,
    said: impl Fn(&str) -> String,
) -> Vec<String> {
    let mut known: BTreeMap<String, &Project> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (key, project) in keyed {
        if let Some(first) = known.insert(key.to_lowercase(), project) {
            let (first, second) = (&first.process.spec_path, &project.process.spec_path);
            pairs.push(format!("`{first}` and `{second}` {}", said(key)));
        }
    }
    pairs
}
