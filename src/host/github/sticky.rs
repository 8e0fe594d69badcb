//! Keeping one comment: look, then write what differs.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use super::comment::Comment;
use super::failure::Failure;
use super::pull_request::PullRequest;
use super::session::Session;
use super::settings::Settings;
use crate::console::Environment;

/// How many comments are asked for at a time: GitHub gives no more.
const PAGE: usize = 100;

/// How many pages are looked at.
const PAGES: usize = 20;

/// How long a write that may have arrived is given to become visible.
const SETTLE: Duration = Duration::from_secs(1);

/// What happened to the comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// There was none.
    Created,
    /// It said something else.
    Updated,
    /// It said the same already.
    Unchanged,
}

/// Sees to it that a pull request has this comment, once. It takes 30 seconds at most.
///
/// It must not be used inside an asynchronous task: it brings a runtime of its own.
///
/// # Errors
/// Whatever leaves the comment as it was, or in doubt.
pub(crate) fn keep(
    comment: &Comment,
    pull_request: &PullRequest,
    environment: &Environment,
) -> Result<Change, Failure> {
    let settings = Settings::read(environment)?;
    let deadline = settings.deadline;
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unreachable {
            reason: error.to_string(),
        })?;
    let result = runtime.block_on(async {
        let session = Session::start(settings)?;
        let sticky = Sticky {
            session,
            comment,
            pull_request,
        };
        let seconds = deadline.as_secs();
        let result = timeout(deadline, sticky.keep()).await;
        result.unwrap_or(Err(Failure::TimedOut { seconds }))
    });
    // Without waiting: a name server that hangs must not hold up the exit.
    runtime.shutdown_background();
    result
}

struct Sticky<'a> {
    session: Session,
    comment: &'a Comment,
    pull_request: &'a PullRequest,
}

/// A comment that is there.
#[derive(Deserialize)]
struct Found {
    id: u64,
    body: Option<String>,
}

impl Sticky<'_> {
    /// A write that may have arrived is looked for before it is tried once more.
    async fn keep(&self) -> Result<Change, Failure> {
        match self.look_and_write().await? {
            Err(failure) if failure.may_have_arrived() => {
                sleep(SETTLE).await;
                self.look_and_write().await?
            }
            written => written,
        }
    }

    /// The outer error is from looking, when nothing was written; the inner one is from writing.
    async fn look_and_write(&self) -> Result<Result<Change, Failure>, Failure> {
        let body = json!({ "body": self.comment.body() });
        let written = match self.find().await? {
            Some((_, text)) if self.comment.says_the_same(&text) => Ok(Change::Unchanged),
            Some((id, _)) => {
                let path = self.pull_request.comment(id);
                self.session
                    .patch(&path, &body)
                    .await
                    .map(|()| Change::Updated)
            }
            None => {
                let path = self.pull_request.comments();
                self.session
                    .post(&path, &body)
                    .await
                    .map(|()| Change::Created)
            }
        };
        Ok(written)
    }

    /// The comment's id and text. Of several, as a race may have left them, the oldest counts.
    async fn find(&self) -> Result<Option<(u64, String)>, Failure> {
        for page in 1..=PAGES {
            let path = self.pull_request.comments();
            let path = format!("{path}?per_page={PAGE}&page={page}");
            let page = self.session.list::<Found>(&path).await?;
            let is_last = !page.has_next && page.items.len() < PAGE;
            let texts = page.items.into_iter();
            let mut texts = texts.filter_map(|found| Some((found.id, found.body?)));
            if let Some(found) = texts.find(|(_, text)| self.comment.is_earlier(text)) {
                return Ok(Some(found));
            }
            if is_last {
                return Ok(None);
            }
        }
        let seen = PAGE * PAGES;
        Err(Failure::TooMany { seen })
    }
}
