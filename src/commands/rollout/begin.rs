//! How a rollout begins, or goes on: from what the registry remembers and what the endpoint shows.
//!
//! The one decision here: an endpoint whose traffic is divided, and not by this rollout, belongs to
//! somebody else. What became of a rollout before the version was made live once more says nothing
//! about the time after it.

use crate::cli;
use crate::error::Error;
use crate::evidence::ModelVersion;
use crate::rollout::{Cause, Direction, Limits, Phase, Rollout, Seen, Side, State, Update};
use crate::serving::Endpoint;
use crate::spec::Steps;

/// What there is to do.
#[derive(Debug)]
pub(super) enum Beginning {
    /// Traffic is moved, from the beginning.
    Begun(Rollout),
    /// Traffic is moved, from where somebody stopped.
    Resumed(Rollout),
    /// The version gets everything already.
    Served {
        /// Whether a rollout brought it there.
        by_rollout: bool,
    },
    /// Its traffic went back once, and nobody wants to begin again.
    Returned(State),
    /// Somebody else divides the traffic, or changes the endpoint.
    Taken(String),
}

/// What a beginning is made from.
pub(super) struct Situation<'a> {
    /// What the endpoint is called.
    pub(super) name: &'a str,
    /// The endpoint.
    pub(super) endpoint: &'a dyn Endpoint,
    /// The version that is to be served.
    pub(super) version: &'a ModelVersion,
    /// What the endpoint looks like.
    pub(super) seen: &'a Seen,
    /// The shares of the traffic.
    pub(super) steps: &'a Steps,
    /// How long is waited for what.
    pub(super) limits: Limits,
    /// What made the version live.
    pub(super) direction: Direction,
    /// When that was, where the ledger tells.
    pub(super) live_since_ms: Option<i64>,
    /// When it is.
    pub(super) now_ms: i64,
}

impl Situation<'_> {
    /// Whether somebody made the version live after this was remembered of it. Clocks differ; after
    /// a rollback, what a gate had a say in is from before in any case. A rollout that a promotion
    /// finds under way goes on.
    fn is_overruled(&self, state: &State) -> bool {
        let is_older = |at_ms: i64| state.since_ms < at_ms;
        self.live_since_ms
            .is_some_and(|at_ms| match self.direction {
                Direction::Back => state.direction == Direction::Forth || is_older(at_ms),
                Direction::Forth => state.phase.is_over() && is_older(at_ms),
            })
    }
}

/// Decides how to begin.
pub(super) fn begin(
    situation: &Situation<'_>,
    arguments: &cli::Rollout,
) -> Result<Beginning, Error> {
    let remembered = if arguments.restart {
        None
    } else {
        remembered(situation)?
    };
    let is_served = only_version(situation.seen) == Some(situation.version.number);
    match remembered {
        Some(state) if !state.phase.is_over() => {
            let state = if situation.is_overruled(&state) {
                state.at_once(situation.now_ms)
            } else {
                state
            };
            let rollout = Rollout::resume(situation.limits, state, situation.now_ms);
            Ok(Beginning::Resumed(rollout))
        }
        Some(state)
            if state.phase == Phase::Returned && !is_served && !situation.is_overruled(&state) =>
        {
            Ok(Beginning::Returned(state))
        }
        _ if arguments.abort => Err(nothing_to_abort(situation)),
        remembered if is_served => Ok(Beginning::Served {
            by_rollout: remembered.is_some_and(|state| state.phase == Phase::Finished),
        }),
        _ => afresh(situation),
    }
}

/// The rollout of this version to this endpoint, as the registry remembers it.
fn remembered(situation: &Situation<'_>) -> Result<Option<State>, Error> {
    let tag = State::tag(situation.name);
    let Some(text) = situation.version.tags.get(&tag) else {
        return Ok(None);
    };
    let number = situation.version.number;
    let state = State::of(text, situation.name, number);
    state.map(Some).map_err(|reason| {
        Error::evidence(
            format!("the tag `{tag}` of version {number} cannot be read: {reason}"),
            "look at the endpoint's traffic, then begin again with `--restart`",
        )
    })
}

fn nothing_to_abort(situation: &Situation<'_>) -> Error {
    Error::usage(
        format!(
            "no rollout of version {} to `{}` is under way",
            situation.version.number, situation.name
        ),
        "name the version that is being rolled out with `--version`; a finished rollout is undone by `gatewright rollback` and another rollout",
    )
}

/// The version of our model that gets all of the traffic.
pub(super) fn only_version(seen: &Seen) -> Option<u64> {
    seen.versions.get(seen.routes.only()?).copied()
}

fn afresh(situation: &Situation<'_>) -> Result<Beginning, Error> {
    let Situation { seen, version, .. } = situation;
    if let Update::Running { .. } = seen.update {
        return Ok(Beginning::Taken("somebody else is changing it".to_owned()));
    }
    let Some(route) = seen.routes.only() else {
        return Ok(Beginning::Taken(format!(
            "its traffic is divided already: {}",
            seen.routes
        )));
    };
    let Some(from) = seen.versions.get(route) else {
        return Err(Error::evidence(
            format!(
                "`{}` serves `{route}`, which is no version of the model",
                situation.name
            ),
            "check `serving.online.endpoint` and `entity`: the endpoint has to serve a version of this model",
        ));
    };
    let from = Side {
        version: *from,
        route: route.to_owned(),
    };
    let deployed = seen
        .versions
        .iter()
        .find(|(_, number)| **number == version.number);
    let to = Side {
        version: version.number,
        route: deployed.map_or_else(
            || situation.endpoint.route_of(version.number),
            |(route, _)| route.clone(),
        ),
    };
    if deployed.is_none() && seen.routes.has(&to.route) {
        return Ok(Beginning::Taken(format!(
            "`{}` is the name of something else there",
            to.route
        )));
    }
    Ok(Beginning::Begun(begun(situation, (from, to))))
}

fn begun(situation: &Situation<'_>, sides: (Side, Side)) -> Rollout {
    let Situation {
        limits,
        name,
        steps,
        now_ms,
        ..
    } = *situation;
    let before = situation.seen.routes.clone();
    match situation.direction {
        Direction::Back => Rollout::begin_back(limits, name, sides, before, now_ms),
        Direction::Forth => Rollout::begin(limits, name, sides, before, steps, now_ms),
    }
}

/// Why a rollout went back, in words.
pub(super) fn reason(state: &State) -> &str {
    state
        .because
        .as_ref()
        .map_or("", |because| because.reason.as_str())
}

/// What kind of reason it was.
pub(super) fn cause(state: &State) -> Option<Cause> {
    state.because.as_ref().map(|because| because.cause)
}
