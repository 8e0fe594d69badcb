//! `gate check --comment`: the report on the pull request.
//!
//! The one decision here: this is talk and never the answer. Whatever keeps the comment from being
//! written is a warning, and the judgement stands.

use crate::console::Console;
use crate::decision::Decision;
use crate::host::{Change, Comment, CommentFailure, PullRequest, keep_comment};
use crate::report::{Format, Style, printable, report};

/// Keeps the decision's comment on the pull request that this build is for, if it is for one.
pub(super) fn comment(decision: &Decision, console: &mut Console<'_>) {
    let pull_request = match PullRequest::find(&console.environment, &console.folder) {
        Ok(Some(pull_request)) => pull_request,
        Ok(None) => return note("no comment: this build is not for a pull request", console),
        Err(failure) => return give_up("the pull request", &failure, console),
    };
    // The report is there to read while the server is waited for. Where this fails, the last flush does.
    let _ = console.stdout.flush();
    let plain = Style {
        coloured: false,
        width: console.width,
    };
    let page = report(decision, Format::Markdown, plain);
    let comment = Comment::new(&subject(decision), &decision.project, &page);
    match keep_comment(
        &comment,
        decision.passed(),
        &pull_request,
        &console.environment,
    ) {
        Ok(change) => {
            let change = match change {
                Change::Created => "created",
                Change::Updated => "updated",
                Change::Unchanged => "up to date",
            };
            note(&format!("comment on {pull_request}: {change}"), console);
        }
        Err(failure) => give_up(&pull_request.to_string(), &failure, console),
    }
}

/// The gate, and the environment it was asked for: each has a comment of its own. No name of a gate
/// holds a dot.
fn subject(decision: &Decision) -> String {
    match &decision.environment {
        Some(environment) => format!("{}.{environment}", decision.gate),
        None => decision.gate.clone(),
    }
}

fn give_up(place: &str, failure: &CommentFailure, console: &mut Console<'_>) {
    let message = format!("cannot comment on {place}: {failure}");
    warn(&message, &failure.help(), console);
}

/// Whoever cannot hear the talk still gets the answer: the exit code.
fn warn(message: &str, help: &str, console: &mut Console<'_>) {
    let (open, close) = if console.stderr_coloured {
        ("\u{1b}[1;33m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    let message = printable(&console.environment.conceal(message));
    let help = printable(help);
    let _ = console.tell(format!("{open}warning{close}: {message}\n  help: {help}"));
}

fn note(message: &str, console: &mut Console<'_>) {
    if !console.quiet {
        let _ = console.tell(printable(message));
    }
}
