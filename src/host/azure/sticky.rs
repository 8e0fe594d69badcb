//! Keeping one thread: look, then write what differs.

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::pull_request::PullRequest;
use super::session::Session;
use crate::console::Environment;
use crate::host::comment::Comment;
use crate::host::failure::Failure;
use crate::host::limits;
use crate::host::sticky::{Change, Written, within, write_once};

/// `CommentThreadStatus.active`.
const ACTIVE: u8 = 1;

/// `CommentThreadStatus.closed`.
const CLOSED: u8 = 4;

/// `CommentType.text`.
const TEXT: u8 = 1;

/// Sees to it that a pull request has this comment, once, in a thread that is closed where it is
/// `resolved`.
///
/// # Errors
/// Whatever leaves the comment as it was, or in doubt.
pub(in crate::host) fn keep(
    comment: &Comment,
    resolved: bool,
    pull_request: &PullRequest,
    environment: &Environment,
) -> Result<Change, Failure> {
    let deadline = limits::deadline(environment)?;
    within(deadline, async {
        let sticky = Sticky {
            session: Session::start(pull_request.server(), environment, deadline)?,
            comment,
            resolved,
            pull_request,
        };
        write_once(|| sticky.look_and_write()).await
    })
}

struct Sticky<'a> {
    session: Session,
    comment: &'a Comment,
    resolved: bool,
    pull_request: &'a PullRequest,
}

/// All threads of a pull request: they come in one answer.
#[derive(Deserialize)]
struct Threads {
    value: Vec<Thread>,
}

/// A thread that is there. Those that Azure DevOps writes itself have no status.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    id: u64,
    #[serde(default)]
    is_deleted: bool,
    status: Option<String>,
    #[serde(default)]
    comments: Vec<Said>,
}

/// A comment that is there. A deleted one has no content.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    id: u64,
    content: Option<String>,
    #[serde(default)]
    is_deleted: bool,
}

/// Our comment, as it was found.
struct Found {
    thread: u64,
    status: Option<String>,
    comment: u64,
    text: String,
}

impl Sticky<'_> {
    async fn look_and_write(&self) -> Result<Written, Failure> {
        Ok(match self.find().await? {
            Some(found) => self.update(&found).await,
            None => self.create().await,
        })
    }

    async fn create(&self) -> Written {
        let body = json!({
            "comments": [{
                "parentCommentId": 0,
                "content": self.comment.body(),
                "commentType": TEXT,
            }],
            "status": self.status(),
        });
        let address = self.pull_request.address("");
        self.session.write(Method::POST, &address, &body).await?;
        Ok(Change::Created)
    }

    async fn update(&self, found: &Found) -> Written {
        let mut change = Change::Unchanged;
        if !self.comment.says_the_same(&found.text) {
            let below = format!("/{}/comments/{}", found.thread, found.comment);
            let body = json!({"content": self.comment.body()});
            let address = self.pull_request.address(&below);
            self.session.write(Method::PATCH, &address, &body).await?;
            change = Change::Updated;
        }
        if !self.stands_right(found.status.as_deref()) {
            let address = self.pull_request.address(&format!("/{}", found.thread));
            let body = json!({"status": self.status()});
            self.session.write(Method::PATCH, &address, &body).await?;
            change = Change::Updated;
        }
        Ok(change)
    }

    fn status(&self) -> u8 {
        if self.resolved { CLOSED } else { ACTIVE }
    }

    /// A thread that a person resolved in another way is resolved.
    fn stands_right(&self, status: Option<&str>) -> bool {
        let open = !matches!(status, Some("closed" | "fixed" | "wontFix" | "byDesign"));
        if self.resolved {
            !open
        } else {
            status == Some("active")
        }
    }

    /// Of several, as a race may have left them, the oldest counts.
    async fn find(&self) -> Result<Option<Found>, Failure> {
        let body = self.session.get(&self.pull_request.address("")).await?;
        let threads: Threads =
            serde_json::from_slice(&body).map_err(|error| Failure::Malformed {
                reason: format!("it is no list of threads ({:?} error)", error.classify()),
            })?;
        let mut found: Vec<_> = threads
            .value
            .into_iter()
            .filter(|thread| !thread.is_deleted)
            .filter_map(|thread| self.ours(thread))
            .collect();
        found.sort_by_key(|found| found.thread);
        Ok(found.into_iter().next())
    }

    /// The first comment of a thread, where it is ours.
    fn ours(&self, thread: Thread) -> Option<Found> {
        let first = thread.comments.into_iter().min_by_key(|said| said.id)?;
        let text = first.content.filter(|_| !first.is_deleted)?;
        self.comment.is_earlier(&text).then_some(Found {
            thread: thread.id,
            status: thread.status,
            comment: first.id,
            text,
        })
    }
}
