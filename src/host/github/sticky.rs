//! Keeping one comment: look, then write what differs.

use serde::Deserialize;
use serde_json::json;

use super::pull_request::PullRequest;
use super::session::Session;
use super::settings::Settings;
use crate::console::Environment;
use crate::host::comment::Comment;
use crate::host::failure::Failure;
use crate::host::sticky::{Change, Written, within, write_once};

/// How many comments are asked for at a time: GitHub gives no more.
const PAGE: usize = 100;

/// How many pages are looked at.
const PAGES: usize = 20;

/// Sees to it that a pull request has this comment, once.
///
/// # Errors
/// Whatever leaves the comment as it was, or in doubt.
pub(in crate::host) fn keep(
    comment: &Comment,
    pull_request: &PullRequest,
    environment: &Environment,
) -> Result<Change, Failure> {
    let settings = Settings::read(environment)?;
    within(settings.deadline, async {
        let session = Session::start(settings)?;
        let sticky = Sticky {
            session,
            comment,
            pull_request,
        };
        write_once(|| sticky.look_and_write()).await
    })
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
    /// The outer error is from looking, when nothing was written; the inner one is from writing.
    async fn look_and_write(&self) -> Result<Written, Failure> {
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
