//! What is said where nothing was moved yet.

use super::begin::{self, Beginning};
use super::progress::span;
use super::report::{self, Report};
use super::served::Served;
use crate::error::Error;
use crate::evidence::ModelVersion;
use crate::exit::Exit;
use crate::rollout::{Direction, Rollout, Seen, State};
use crate::serving::{Endpoint, ServingError};

/// Why an endpoint that was not seen is no evidence.
pub(super) fn unseen(endpoint: &dyn Endpoint, error: &ServingError) -> Error {
    let message = match error {
        ServingError::NotFound { .. } => error.to_string(),
        _ => format!(
            "cannot look at the endpoint {}: {error}",
            endpoint.location()
        ),
    };
    Error::evidence(message, error.help())
}

/// What there is to say where nothing is done.
///
/// `is_wanted` says that the traffic was to go back.
pub(super) fn at_rest(
    beginning: &Beginning,
    served: &Served<'_>,
    version: &ModelVersion,
    seen: &Seen,
    is_wanted: bool,
) -> Report {
    let number = version.number;
    let (outcome, message) = match beginning {
        Beginning::Returned(state) => (
            if is_wanted {
                report::returned(state)
            } else {
                report::returned_before(state)
            },
            format!(
                "version {number} was rolled out before, and its traffic went back: {}; begin again with `--restart`",
                begin::reason(state)
            ),
        ),
        Beginning::Taken(found) => (
            ("conflict", Exit::Conflict),
            format!("`{}` is not free for a rollout: {found}", served.name),
        ),
        Beginning::Served { by_rollout: true } => (
            ("nothing-to-do", Exit::Yes),
            format!("version {number} was rolled out before, and gets all of the traffic"),
        ),
        Beginning::Served { .. } | Beginning::Begun(_) | Beginning::Resumed(_) => (
            ("nothing-to-do", Exit::Yes),
            format!(
                "version {number} gets all of the traffic already; no rollout brought it there"
            ),
        ),
    };
    let traffic = Some(seen.routes.clone());
    Report::nothing(outcome, message, (served.name, &served.model.name), traffic)
}

/// What would be done.
pub(super) fn planned(rollout: &Rollout, served: &Served<'_>, seen: Seen) -> Report {
    let state = rollout.state();
    if state.direction == Direction::Back {
        let (from, to) = (state.from.version, state.to.version);
        let message = format!(
            "would move all of the traffic from version {from} to version {to} at once, and ask no gate: version {to} is live by a rollback"
        );
        return plan(message, served, seen);
    }
    let steps = state
        .steps
        .iter()
        .skip(state.step)
        .map(|share| format!("{share} %"));
    let steps: Vec<_> = steps.collect();
    let settings = &served.online.rollout;
    let gate = settings
        .gate
        .as_ref()
        .map_or("no gate".to_owned(), |gate| format!("the gate `{gate}`"));
    let message = format!(
        "would move the traffic from version {} to version {} in steps: {}; each bakes for {}, then {gate}",
        state.from.version,
        state.to.version,
        steps.join(", "),
        span(settings.bake_ms)
    );
    plan(message, served, seen)
}

/// What would be done first about a rollout of another version.
pub(super) fn planned_return(rollout: &Rollout, served: &Served<'_>, seen: Seen) -> Report {
    let state = rollout.state();
    let message = format!(
        "would give the traffic of version {} back to version {} at once: its rollout is under way, and it was rolled back",
        state.to.version, state.from.version
    );
    plan(message, served, seen)
}

fn plan(message: String, served: &Served<'_>, seen: Seen) -> Report {
    let names = (served.name, served.model.name.as_str());
    Report::nothing(("planned", Exit::Yes), message, names, Some(seen.routes))
}

/// What is about to be done.
pub(super) fn announcement(state: &State, endpoint: &dyn Endpoint, is_resumed: bool) -> String {
    let goes_on = if is_resumed { ", going on" } else { "" };
    format!(
        "rollout of version {} to {}, in the place of version {}{goes_on}; interrupted, it goes on when run again",
        state.to.version,
        endpoint.location(),
        state.from.version
    )
}

/// The same about a rollout that was under way when somebody rolled back from its version.
pub(super) fn announcement_of_return(state: &State, endpoint: &dyn Endpoint) -> String {
    format!(
        "rollout of version {} to {} was under way, in the place of version {}, and goes back",
        state.to.version,
        endpoint.location(),
        state.from.version
    )
}
