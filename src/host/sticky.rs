//! Keeping one comment, wherever it is: in bounded time, and never twice.

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use super::failure::Failure;

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

/// What came of a write.
pub(super) type Written = Result<Change, Failure>;

/// Runs a conversation with a service on a runtime of its own, for as long as it may take. It must
/// not be used inside an asynchronous task.
///
/// # Errors
/// What the conversation gives, and [`Failure::TimedOut`].
pub(super) fn within<T>(
    deadline: Duration,
    conversation: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unreachable {
            reason: error.to_string(),
        })?;
    let seconds = deadline.as_secs();
    let result = runtime.block_on(async { timeout(deadline, conversation).await });
    // Without waiting: a name server that hangs must not hold up the exit.
    runtime.shutdown_background();
    result.unwrap_or(Err(Failure::TimedOut { seconds }))
}

/// Looks and writes; a write that may have arrived is looked for before it is tried once more. The
/// outer error of `look_and_write` is from looking, when nothing was written; the inner one is from
/// writing.
///
/// # Errors
/// What the last look or write gave.
pub(super) async fn write_once<F>(look_and_write: impl Fn() -> F) -> Written
where
    F: Future<Output = Result<Written, Failure>>,
{
    match look_and_write().await? {
        Err(failure) if failure.may_have_arrived() => {
            sleep(SETTLE).await;
            look_and_write().await?
        }
        written => written,
    }
}
