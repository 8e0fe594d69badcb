//! The rollout itself: what the state machine says is done, and it is told what happened.

use super::clock::{Clock, wait};
use super::judge::{Judged, StepJudge};
use super::memory::Memory;
use super::progress::{self, Progress};
use super::report::StepReport;
use crate::cli::Output;
use crate::commands::publish;
use crate::console::Console;
use crate::decision::Decision;
use crate::error::Error;
use crate::report::{Style, report};
use crate::rollout::{Action, Asked, End, Event, Phase, Rollout, Routes, State, Window};
use crate::serving::{Change, Endpoint, ServingError};
use crate::spec::Rollout as Settings;

/// Everything that a rollout is driven with.
pub(super) struct Drive<'a> {
    pub(super) endpoint: &'a dyn Endpoint,
    pub(super) memory: Memory<'a>,
    pub(super) judge: Option<StepJudge<'a>>,
    pub(super) clock: &'a Clock,
    pub(super) settings: &'a Settings,
    pub(super) contact_ms: i64,
    pub(super) outputs: &'a [Output],
}

/// What is known along the way.
#[derive(Default)]
pub(super) struct Way {
    /// What every step gave.
    pub(super) steps: Vec<StepReport>,
    /// How the traffic was divided when the endpoint was last seen.
    pub(super) traffic: Option<Routes>,
    progress: Progress,
    window: Window,
    saved: Option<State>,
    is_forgetful: bool,
}

impl Drive<'_> {
    /// Goes on until the end; `wish` is what a person wants first.
    pub(super) fn run(
        &self,
        rollout: &mut Rollout,
        wish: Option<Event>,
        console: &mut Console<'_>,
    ) -> Result<(End, Way), Error> {
        let mut way = Way::default();
        let mut action = match wish {
            Some(wish) => rollout.on(wish, self.clock.now_ms()),
            None => Action::Look,
        };
        loop {
            if way.saved.as_ref() != Some(rollout.state()) {
                action = self.remember(rollout, action, &mut way, console)?;
            }
            if let Action::End(end) = action {
                return Ok((end, way));
            }
            let event = self.perform(&action, rollout, &mut way, console)?;
            action = rollout.on(event, self.clock.now_ms());
        }
    }

    /// Writes the state down before anything is done. Without a memory the traffic only goes back.
    fn remember(
        &self,
        rollout: &mut Rollout,
        action: Action,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<Action, Error> {
        let begun_ms = self.clock.now_ms();
        loop {
            let state = rollout.state().clone();
            let Err(error) = self.memory.save(&state) else {
                self.tell(
                    way,
                    console,
                    &progress::phase(&state, self.settings.bake_ms),
                )?;
                way.saved = Some(state);
                return Ok(action);
            };
            let is_first = way.saved.is_none();
            if is_first {
                // Nothing was moved yet, and nothing will be.
                return Err(error.into());
            }
            let text = format!("the registry did not take the state: {error}");
            self.tell(way, console, &text)?;
            let is_late = self.clock.now_ms() - begun_ms > self.contact_ms;
            if way.is_forgetful || state.phase.is_over() {
                way.saved = Some(state);
                return Ok(action);
            }
            if is_late {
                way.is_forgetful = true;
                return Ok(rollout.on(Event::Forgotten, self.clock.now_ms()));
            }
            wait(self.settings.poll_ms);
        }
    }

    fn perform(
        &self,
        action: &Action,
        rollout: &mut Rollout,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<Event, Error> {
        match action {
            Action::Look | Action::End(_) => self.look(rollout, way, console),
            Action::Wait => {
                self.wait(rollout, way, console)?;
                self.look(rollout, way, console)
            }
            Action::Set(routes) => self.set(routes, rollout, way, console),
            Action::Measure => self.measure(rollout, way, console),
            Action::Judge => self.judge(rollout, way, console),
        }
    }

    fn look(
        &self,
        rollout: &Rollout,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<Event, Error> {
        match self.endpoint.look(rollout.phase_ms()) {
            Ok(seen) => {
                way.traffic = Some(seen.routes.clone());
                Ok(Event::Seen(seen))
            }
            Err(error) => {
                self.tell(
                    way,
                    console,
                    &format!("the endpoint did not answer: {error}"),
                )?;
                Ok(Event::Unseen)
            }
        }
    }

    fn wait(
        &self,
        rollout: &Rollout,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<(), Error> {
        let now_ms = self.clock.now_ms();
        let share = rollout.state().share();
        let left = match rollout.state().phase {
            Phase::Baking => rollout.left_ms(now_ms),
            _ => 0,
        };
        let what = if left > 0 {
            format!("{share:>3} %  baking, {} to go", progress::span(left))
        } else {
            let waited = progress::span(now_ms - rollout.phase_ms());
            format!("{share:>3} %  waiting for the endpoint, {waited} so far")
        };
        way.progress.wait(console, &what)?;
        let poll = self.settings.poll_ms;
        wait(if left > 0 { left.min(poll) } else { poll });
        Ok(())
    }

    fn set(
        &self,
        routes: &Routes,
        rollout: &Rollout,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<Event, Error> {
        let state = rollout.state();
        let change = Change {
            from: &state.from,
            to: &state.to,
            routes,
        };
        let Err(error) = self.endpoint.set(change) else {
            return Ok(Event::Asked(Asked::Accepted));
        };
        self.tell(
            way,
            console,
            &format!("the endpoint was not changed: {error}"),
        )?;
        Ok(Event::Asked(match error {
            ServingError::Busy => Asked::Busy,
            ServingError::Refused { reason } => Asked::Refused(reason),
            ServingError::NotFound { .. } => Asked::Refused(error.to_string()),
            ServingError::Setting { .. } | ServingError::Silent { .. } => Asked::Unknown,
        }))
    }

    fn measure(
        &self,
        rollout: &Rollout,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<Event, Error> {
        let state = rollout.state();
        if way.window.since_ms() != rollout.phase_ms() {
            let routes = [state.from.route.clone(), state.to.route.clone()];
            way.window = Window::new(rollout.phase_ms(), routes);
        }
        match self.endpoint.measure() {
            Ok(measurement) => {
                way.window.add(&measurement, self.clock.now_ms());
                Ok(Event::Measured)
            }
            Err(error) => {
                self.tell(
                    way,
                    console,
                    &format!("the metrics could not be read: {error}"),
                )?;
                Ok(Event::Unmeasured)
            }
        }
    }

    fn judge(
        &self,
        rollout: &mut Rollout,
        way: &mut Way,
        console: &mut Console<'_>,
    ) -> Result<Event, Error> {
        let Some(judge) = &self.judge else {
            let message = "a gate is asked and there is none".to_owned();
            return Err(Error::Internal(message));
        };
        let state = rollout.state().clone();
        let judged = judge.judge(&state, &way.window, self.clock.now());
        let judged = match judged.and_then(|judged| self.write(judged, &state, console)) {
            Ok(judged) => judged,
            Err(error) => {
                let (share, version) = (state.share(), state.to.version);
                let text = format!(
                    "{share:>3} %  stopped; version {version} keeps {share} % of the traffic: run the command again, or give it back with `--abort`"
                );
                self.tell(way, console, &text)?;
                return Err(error);
            }
        };
        let (share, verdict) = (state.share(), judged.verdict.name());
        self.tell(
            way,
            console,
            &format!("{share:>3} %  {verdict}: {}", judged.said),
        )?;
        way.steps.push(StepReport {
            share,
            verdict,
            unasked: judged.unasked,
            against: judged.decision.as_ref().map(against).unwrap_or_default(),
            decision: judged.decision.as_ref().map(Decision::digest),
            metrics: judged.metrics,
            said: judged.said,
        });
        if !judged.baseline.is_empty() {
            rollout.remember(judged.baseline);
        }
        Ok(Event::Judged(judged.verdict))
    }

    /// Writes the reports of a step; `{step}` in a path is its share.
    fn write(&self, judged: Judged, state: &State, console: &Console<'_>) -> Result<Judged, Error> {
        let style = Style {
            coloured: false,
            width: console.width,
        };
        let share = state.share().to_string();
        for (output, decision) in self.outputs.iter().zip(judged.decision.iter().cycle()) {
            let path = output.path.to_string_lossy().replace("{step}", &share);
            let path = console.resolve(path.as_ref());
            publish::write_file(&path, &report(decision, output.format, style))?;
        }
        Ok(judged)
    }

    fn tell(&self, way: &mut Way, console: &mut Console<'_>, text: &str) -> Result<(), Error> {
        way.progress.tell(console, self.clock.now(), text)
    }
}

/// The checks that were not in favour, with what they found.
fn against(decision: &Decision) -> Vec<String> {
    let checks = decision.worst_first().into_iter();
    let not_passed = checks.filter(|check| check.finding.outcome != crate::gate::Outcome::Pass);
    not_passed
        .map(|check| {
            let outcome = check.finding.outcome.name();
            format!(
                "{outcome}: {}: {}",
                check.check, check.finding.opinion.message
            )
        })
        .collect()
}
