//! How it ended, for people and for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::begin::{cause, reason};
use crate::decision::canonical;
use crate::evidence::Reading;
use crate::exit::Exit;
use crate::gate::Verdict;
use crate::rollout::{Because, Cause, Direction, End, Routes, Side, State};

/// The form of the document.
const FORMAT: &str = "gatewright-rollout-report/1";

/// How a rollout ended.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    format: &'static str,
    outcome: &'static str,
    /// What the outcome means, as a sentence without a full stop.
    message: String,
    endpoint: String,
    model: String,
    from: Option<Side>,
    to: Option<Side>,
    /// What made the version live: `forth` for a promotion, `back` for a rollback.
    direction: Option<Direction>,
    /// How the traffic was divided when the endpoint was last seen.
    traffic: Option<Routes>,
    steps: Vec<StepReport>,
    #[serde(skip)]
    exit: Exit,
}

/// What came of a step.
#[derive(Debug, Serialize)]
pub(super) struct StepReport {
    /// The share of the new version, in percent.
    pub(super) share: u8,
    /// `pass`, `blocked` or `hold`.
    pub(super) verdict: &'static str,
    /// Why the gate was not asked, where it was not.
    pub(super) unasked: Option<String>,
    /// The checks that did not pass, by what the spec calls them.
    pub(super) against: Vec<String>,
    /// `sha256:` and the digest of the decision.
    pub(super) decision: Option<String>,
    /// What was measured of the new version.
    pub(super) metrics: BTreeMap<String, Reading>,
    /// The same for people, as far as the gate is about it.
    #[serde(skip)]
    pub(super) said: String,
}

impl Report {
    /// The report of a rollout that did not take place.
    pub(super) fn nothing(
        (outcome, exit): (&'static str, Exit),
        message: String,
        (endpoint, model): (&str, &str),
        traffic: Option<Routes>,
    ) -> Self {
        Self {
            format: FORMAT,
            outcome,
            message,
            endpoint: endpoint.to_owned(),
            model: model.to_owned(),
            from: None,
            to: None,
            direction: None,
            traffic,
            steps: Vec::new(),
            exit,
        }
    }

    /// The report of one that did.
    pub(super) fn of(
        end: &End,
        state: &State,
        model: &str,
        traffic: Option<Routes>,
        steps: Vec<StepReport>,
    ) -> Self {
        let (outcome, exit) = outcome(end, state);
        Self {
            format: FORMAT,
            outcome,
            message: message(end, state, traffic.as_ref()),
            endpoint: state.endpoint.clone(),
            model: model.to_owned(),
            from: Some(state.from.clone()),
            to: Some(state.to.clone()),
            direction: Some(state.direction),
            traffic,
            steps,
            exit,
        }
    }

    /// How the process ends.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// What the outcome means.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The report as one JSON document.
    pub(super) fn json(&self) -> String {
        canonical(self)
    }

    /// The report for people.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![format!(
            "{}: {}",
            self.outcome.to_uppercase().replace('-', " "),
            self.message
        )];
        for step in &self.steps {
            lines.push(format!(
                "  {:>3} %  {:<7}  {}",
                step.share, step.verdict, step.said
            ));
            lines.extend(
                step.against
                    .iter()
                    .map(|check| format!("                  {check}")),
            );
        }
        if let Some(traffic) = &self.traffic {
            lines.push(format!("  traffic now: {traffic}"));
        }
        lines.join("\n") + "\n"
    }
}

/// What a rollout that went back answers: where that was what a person asked for, it is done.
pub(super) fn returned(state: &State) -> (&'static str, Exit) {
    match cause(state) {
        Some(Cause::Abort | Cause::Rollback) => ("returned", Exit::Yes),
        _ => returned_before(state),
    }
}

/// What it answers later: whoever asks for the traffic does not get it.
pub(super) fn returned_before(state: &State) -> (&'static str, Exit) {
    match cause(state) {
        Some(Cause::Contact) => ("returned", Exit::NoEvidence),
        _ => ("returned", Exit::No),
    }
}

fn outcome(end: &End, state: &State) -> (&'static str, Exit) {
    match end {
        End::Finished { .. } => ("finished", Exit::Yes),
        End::Returned => returned(state),
        End::Held(_) => ("held", Exit::Hold),
        End::Conflict(_) => ("conflict", Exit::Conflict),
        End::Lost => ("lost", Exit::NoEvidence),
        End::Stopped(because) => match because.cause {
            Cause::Contact => ("stopped", Exit::NoEvidence),
            _ => ("stopped", Exit::No),
        },
    }
}

fn message(end: &End, state: &State, traffic: Option<&Routes>) -> String {
    let to = state.to.version;
    let share = state.share();
    match end {
        End::Finished { retired } => finished(state, *retired),
        End::Returned => format!(
            "{}; the traffic is as it was before: {}",
            reason(state),
            state.before
        ),
        End::Held(verdict) => {
            let why = match verdict {
                Verdict::Blocked => "the gate blocked",
                _ => "the gate could not tell",
            };
            format!(
                "{why}, and version {to} keeps {share} % of the traffic; run the command again to bake the step again, or give the traffic back with `--abort`"
            )
        }
        End::Conflict(found) => format!(
            "{found}; nothing was done about it. Look who else changes the endpoint, then begin again with `--restart`"
        ),
        End::Lost => {
            let said = format!(
                "NOBODY KNOWS WHETHER THE TRAFFIC WENT BACK: {}",
                reason(state)
            );
            look_now(&said, &state.before, traffic)
        }
        End::Stopped(Because { reason, .. }) => {
            let said = format!("THE TRAFFIC MAY NOT HAVE FOLLOWED THE ROLLBACK: {reason}");
            look_now(&said, &state.target(), traffic)
        }
    }
}

/// What is loud: the traffic is to go where it was good, and nobody saw it there.
fn look_now(said: &str, wanted: &Routes, seen: Option<&Routes>) -> String {
    let seen = seen.map_or("nobody saw".to_owned(), ToString::to_string);
    format!(
        "{said}. It was last seen as: {seen}; it should be: {wanted}. Look at the endpoint now, and run the command again"
    )
}

fn finished(state: &State, retired: bool) -> String {
    let (from, to) = (state.from.version, state.to.version);
    let how = match state.direction {
        Direction::Forth => "",
        Direction::Back => ", by a rollback, and no gate was asked",
    };
    let old = if retired {
        String::new()
    } else {
        format!("; version {from} is still deployed, and gets none")
    };
    format!("version {to} gets all of the traffic{how}{old}")
}
