//! Which pull request this build is for, by the variables that GitHub Actions documents.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/variables>

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::console::Environment;
use crate::host::failure::Failure;

/// The largest event file that is read, in bytes: GitHub caps the payload of an event at 25 MB.
const LARGEST_EVENT: u64 = 26 << 20;

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PullRequest {
    repository: String,
    number: u64,
}

impl PullRequest {
    /// Finds it: in the event that started the build, else in the name of the ref that is built.
    /// `None` where the build is for something else, such as a push.
    ///
    /// # Errors
    /// [`Failure::Setting`] when there is a number, and no repository that it could belong to.
    pub(crate) fn find(environment: &Environment, folder: &Path) -> Result<Option<Self>, Failure> {
        let event = environment.get("GITHUB_EVENT_PATH");
        let number = event
            .and_then(|path| number_in_event(&folder.join(path)))
            .or_else(|| number_in_ref(environment.get("GITHUB_REF")?));
        let Some(number) = number else {
            return Ok(None);
        };
        let repository = environment.get("GITHUB_REPOSITORY").unwrap_or_default();
        if !is_repository(repository) {
            return Err(Failure::Setting {
                name: "GITHUB_REPOSITORY",
                reason: "it is not OWNER/NAME".to_owned(),
            });
        }
        let repository = repository.to_owned();
        Ok(Some(Self { repository, number }))
    }

    /// The path of its comments in the API.
    pub(super) fn comments(&self) -> String {
        format!("/repos/{}/issues/{}/comments", self.repository, self.number)
    }

    /// The path of one of its comments in the API.
    pub(super) fn comment(&self, id: u64) -> String {
        format!("/repos/{}/issues/comments/{id}", self.repository)
    }
}

impl fmt::Display for PullRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.repository, self.number)
    }
}

/// The part of an event's payload that says which pull request it is about. A comment on a pull
/// request arrives as one on an issue.
#[derive(Deserialize)]
struct Event {
    pull_request: Option<Numbered>,
    issue: Option<Issue>,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
}

#[derive(Deserialize)]
struct Issue {
    number: u64,
    pull_request: Option<IgnoredAny>,
}

fn number_in_event(path: &Path) -> Option<u64> {
    let mut bytes = Vec::new();
    let file = File::open(path).ok()?;
    file.take(LARGEST_EVENT).read_to_end(&mut bytes).ok()?;
    let event: Event = serde_json::from_slice(&bytes).ok()?;
    let issue = || event.issue.filter(|issue| issue.pull_request.is_some());
    event
        .pull_request
        .map(|pull_request| pull_request.number)
        .or_else(|| issue().map(|issue| issue.number))
}

fn number_in_ref(name: &str) -> Option<u64> {
    let (number, kind) = name.strip_prefix("refs/pull/")?.split_once('/')?;
    number
        .parse()
        .ok()
        .filter(|_| matches!(kind, "merge" | "head"))
}

/// `OWNER/NAME` in the characters GitHub allows, so that it is two segments of a path and no more.
pub(super) fn is_repository(text: &str) -> bool {
    let is_segment = |text: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !matches!(text, "" | "." | "..") && text.chars().all(is_plain)
    };
    text.split_once('/')
        .is_some_and(|(owner, name)| is_segment(owner) && is_segment(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(event: Option<&str>, variables: &[(&str, &str)]) -> Option<u64> {
        let folder = tempfile::tempdir().unwrap();
        let mut all = vec![("GITHUB_REPOSITORY", "acme/taxi")];
        all.extend(variables);
        if let Some(event) = event {
            std::fs::write(folder.path().join("event.json"), event).unwrap();
            all.push(("GITHUB_EVENT_PATH", "event.json"));
        }
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let environment = all.into_iter().map(owned).collect();
        let found = PullRequest::find(&environment, folder.path()).unwrap();
        found.map(|found| found.number)
    }

    #[test]
    fn the_event_names_the_pull_request() {
        let cases = [
            (r#"{"pull_request": {"number": 7}, "number": 8}"#, Some(7)),
            (
                r#"{"issue": {"number": 7, "pull_request": {"url": "x"}}}"#,
                Some(7),
            ),
            (r#"{"issue": {"number": 7}}"#, None),
            (r#"{"issue": {"number": 7, "pull_request": null}}"#, None),
            (r#"{"ref": "refs/heads/main"}"#, None),
            (r#"{"pull_request": {"number": -7}}"#, None),
            (r#"{"pull_request": "7"}"#, None),
            ("not JSON", None),
            ("", None),
        ];
        for (event, number) in cases {
            assert_eq!(find(Some(event), &[]), number, "{event}");
        }
    }

    #[test]
    fn the_ref_names_it_where_the_event_does_not() {
        let cases = [
            ("refs/pull/7/merge", Some(7)),
            ("refs/pull/7/head", Some(7)),
            ("refs/heads/main", None),
            ("refs/heads/refs/pull/7/merge", None),
            ("refs/pull/7", None),
            ("refs/pull/7/../8/merge", None),
            ("refs/pull/x/merge", None),
            ("refs/heads/gh-readonly-queue/main/pr-7-0123", None),
        ];
        for (name, number) in cases {
            assert_eq!(find(None, &[("GITHUB_REF", name)]), number, "{name}");
            assert_eq!(find(Some("{}"), &[("GITHUB_REF", name)]), number, "{name}");
        }
        assert_eq!(find(None, &[]), None);
    }

    #[test]
    fn a_repository_is_two_segments_of_a_path() {
        assert!(is_repository("acme/taxi.fare_2-x"));
        for wrong in [
            "",
            "acme",
            "acme/",
            "/taxi",
            "acme/taxi/x",
            "../taxi",
            "acme/..",
            "acme/t?x",
            "a b/c",
            "acme/t%2F",
        ] {
            assert!(!is_repository(wrong), "{wrong}");
        }
    }
}
