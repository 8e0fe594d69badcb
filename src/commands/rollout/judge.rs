//! The gate of a step, asked about what the endpoint measured meanwhile.
//!
//! The one decision here: a step in which nobody asked the new version anything is undecided. It is
//! no pass, and it is no reason to go back.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::progress::metrics as said;
use crate::commands::gate::{LiveQuestion, Surroundings, judge_live};
use crate::commands::load::Loaded;
use crate::decision::Decision;
use crate::error::Error;
use crate::evidence::{Finite, ModelVersion, Reading};
use crate::gate::{Gate, Need, Verdict};
use crate::rollout::{self, Measured, State, Window};
use crate::spec::Spec;

/// The metric that says how many requests there were.
const REQUESTS: &str = "requests";

/// What it takes to judge a step.
pub(super) struct StepJudge<'a> {
    pub(super) gate: &'a Gate,
    pub(super) spec: &'a Spec,
    pub(super) loaded: &'a Loaded,
    pub(super) around: Surroundings<'a>,
    pub(super) environment: Option<&'a str>,
    /// The endpoint, as it may be shown.
    pub(super) location: String,
    /// The registry, as it may be shown.
    pub(super) registry: String,
    /// How many requests it takes.
    pub(super) min_requests: Option<u64>,
    /// The version before, and the new one.
    pub(super) versions: (ModelVersion, ModelVersion),
}

/// What came of a step.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// The decision, where the gate was asked.
    pub(super) decision: Option<Decision>,
    /// What was measured of the new version.
    pub(super) metrics: BTreeMap<String, Reading>,
    /// What is to be compared with where the old version gets no traffic any more.
    pub(super) baseline: BTreeMap<String, f64>,
    /// Why the gate was not asked.
    pub(super) unasked: Option<String>,
    /// What there is to say, for people: why the gate was not asked, or the metrics that it is
    /// about.
    pub(super) said: String,
}

impl StepJudge<'_> {
    /// Judges the present step of a rollout.
    pub(super) fn judge(
        &self,
        state: &State,
        window: &Window,
        now: Timestamp,
    ) -> Result<Judged, Error> {
        let metrics = window.metrics(&state.to.route);
        let is_idle = state.share() == 100;
        let old = if is_idle {
            let known = state.baseline.iter();
            known
                .map(|(name, value)| (name.clone(), Reading::from_stored(*value)))
                .collect()
        } else {
            window.metrics(&state.from.route)
        };
        let baseline = self.baseline(&old);
        if let Some(unasked) = silence(&metrics, window, self.min_requests) {
            return Ok(Judged {
                verdict: Verdict::Hold,
                decision: None,
                metrics,
                baseline,
                said: unasked.clone(),
                unasked: Some(unasked),
            });
        }
        let (from, to) = &self.versions;
        let measured = |version: &ModelVersion, metrics| Measured {
            version: version.clone(),
            metrics,
        };
        let evidence = rollout::evidence(
            &state.endpoint,
            measured(to, metrics.clone()),
            measured(from, old),
            now.as_millisecond(),
        );
        let mut decision = judge_live(
            LiveQuestion {
                gate: self.gate,
                environment: self.environment,
                endpoint: &self.location,
                registry: &self.registry,
                now,
            },
            (self.loaded, self.spec),
            evidence,
            self.around,
        )?;
        decision.notes.insert(0, self.note(state, is_idle));
        Ok(Judged {
            verdict: verdict(&decision),
            decision: Some(decision),
            said: said(&self.named(&metrics)),
            metrics,
            baseline,
            unasked: None,
        })
    }

    fn note(&self, state: &State, is_idle: bool) -> String {
        let share = state.share();
        let step = format!(
            "rollout to {}: version {} gets {share} % of the traffic",
            self.location, state.to.version
        );
        if is_idle && !state.baseline.is_empty() {
            let from = state.from.version;
            return format!(
                "{step}, version {from} none: it is compared by what it showed in the step before"
            );
        }
        step
    }

    /// The metrics that the gate's checks name, and how many requests there were.
    fn named(&self, metrics: &BTreeMap<String, Reading>) -> BTreeMap<String, Reading> {
        let wanted = Need::of(self.gate).evaluations;
        let is_wanted = |name: &str| name == REQUESTS || wanted.contains(name);
        let named = metrics.iter().filter(|(name, _)| is_wanted(name));
        named
            .map(|(name, reading)| (name.clone(), *reading))
            .collect()
    }

    /// The same, as far as they are numbers.
    fn baseline(&self, metrics: &BTreeMap<String, Reading>) -> BTreeMap<String, f64> {
        let named = self.named(metrics).into_iter();
        named
            .filter_map(|(name, reading)| Some((name, reading.finite().map(Finite::get)?)))
            .collect()
    }
}

/// Why there is nothing to judge by, or too little.
fn silence(
    metrics: &BTreeMap<String, Reading>,
    window: &Window,
    wanted: Option<u64>,
) -> Option<String> {
    if window.is_nameless() {
        return Some("the endpoint's metrics do not say which version they are of".to_owned());
    }
    let requests = metrics.get(REQUESTS).and_then(|reading| reading.finite());
    let Some(requests) = requests else {
        let is_known = wanted.is_none() && !metrics.is_empty();
        let unknown = "the endpoint does not tell how many requests the new version got";
        return (!is_known).then(|| unknown.to_owned());
    };
    #[expect(clippy::cast_precision_loss, reason = "nobody waits for 2^53 requests")]
    let enough = wanted.unwrap_or(1) as f64;
    let requests = requests.get();
    if requests >= enough {
        return None;
    }
    Some(if requests > 0.0 {
        format!("the new version got {requests} requests, and the gate is asked from {enough} on")
    } else {
        "nobody asked the new version anything".to_owned()
    })
}

/// Only a pass is a yes.
fn verdict(decision: &Decision) -> Verdict {
    if decision.passed() {
        Verdict::Pass
    } else if decision.verdict == Verdict::Hold.name() {
        Verdict::Hold
    } else {
        Verdict::Blocked
    }
}
