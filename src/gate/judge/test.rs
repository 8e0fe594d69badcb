//! A statistical test on repeated measurements.
//!
//! The one decision here: the interval decides, held against the margin, and an interval on both
//! sides of it decides nothing. What a method cannot judge is inconclusive, never a pass.

use bigdecimal::{BigDecimal, ToPrimitive};

use super::aggregate;
use super::case::{Case, Side};
use super::dataset;
use super::look::broken;
use super::place::describe;
use super::samples::{Both, Measured, measured};
use super::score::{LabelScore, Score};
use super::signed::ranked;
use crate::evidence::Finite;
use crate::gate::check::Sameness;
use crate::gate::decimal::{decimal, show};
use crate::gate::direction::{Direction, direction};
use crate::gate::finding::{Observed, Opinion, Source};
use crate::gate::reason::Reason;
use crate::gate::rule::{Samples, TestKind, TestMethod, TestRule};
use crate::statistics::{
    Averaging, Claim, ClassificationScore, Conclusion, Correctness, Error, Finding, Kind, Pairs,
    Predictions, Resampling, bootstrap_classification, bootstrap_regression, mcnemar,
    paired_bootstrap, paired_t, rank_sum, welch_t,
};

pub(super) fn judge(case: &Case<'_>, rule: &TestRule) -> Opinion {
    opinion(case, rule).unwrap_or_else(|opinion| *opinion)
}

fn opinion(case: &Case<'_>, rule: &TestRule) -> Result<Opinion, Box<Opinion>> {
    let ours = case.candidate(None);
    if let Some(how) = ours.subject.run.as_ref().and_then(|run| broken(run.status)) {
        return no(Reason::RunNotFinished, format!("the candidate's run {how}"));
    }
    let others = case.others(&rule.against, None)?;
    let [theirs] = others.as_slice() else {
        let message = format!("{} is not one version to be tested against", rule.against);
        return no(Reason::EvidenceUnreadable, message);
    };
    let notes = comparable(case, &ours, theirs, rule)?;
    let measured = measured(&ours, theirs, rule)?;
    let least = usize::try_from(rule.min_n).unwrap_or(usize::MAX);
    let n = measured.len();
    let result = if n < least {
        no(
            Reason::TooFew,
            format!("there are {n} measurements, fewer than {least}"),
        )
    } else {
        ask(rule, &measured).map(|finding| conclude(rule, &finding, theirs))
    };
    let mut opinion = result.unwrap_or_else(|opinion| *opinion);
    opinion.notes.splice(0..0, notes);
    opinion.derivation.insert(
        0,
        format!("{n} measurements of {} on each side", rule.metric),
    );
    Ok(opinion)
}

fn no<T>(reason: Reason, message: impl Into<String>) -> Result<T, Box<Opinion>> {
    Err(Box::new(Opinion::new(reason, message)))
}

/// That both sides were measured on the same data, as far as the gate asks.
fn comparable(
    case: &Case<'_>,
    ours: &Side<'_>,
    theirs: &Side<'_>,
    rule: &TestRule,
) -> Result<Vec<String>, Box<Opinion>> {
    let asked = case.gate.comparability.dataset;
    let on = |side: &Side<'_>| {
        let run = side.subject.run.as_ref()?;
        dataset::evaluated_on(side.subject, run)
    };
    let mut notes = Vec::new();
    match (on(ours), on(theirs)) {
        _ if asked == Sameness::Any => {}
        (Some(mine), Some(other)) if mine == other => {}
        (Some(mine), Some(other)) => {
            let message = format!(
                "the candidate was evaluated on {}, {} on {}",
                describe(Some(&mine)),
                theirs.whose,
                describe(Some(&other))
            );
            return no(Reason::NotComparable, message);
        }
        _ => {
            let message = "on which data sets both were evaluated is not known".to_owned();
            if asked == Sameness::Same {
                return no(Reason::NotComparable, message);
            }
            notes.push(message);
        }
    }
    if matches!(rule.samples, Samples::Judge) {
        same_judge(case, ours, theirs, &rule.metric)?;
    }
    Ok(notes)
}

fn same_judge(
    case: &Case<'_>,
    ours: &Side<'_>,
    theirs: &Side<'_>,
    metric: &str,
) -> Result<(), Box<Opinion>> {
    let asked = case.gate.comparability.scorers;
    let judge = aggregate::split(metric).map_or(metric, |(judge, _)| judge);
    let who = |side: &Side<'_>| {
        let given = side.subject.assessments.values().flat_map(|all| &all.given);
        let given = given.filter(|given| given.judge == judge);
        given
            .map(|given| given.scorer.clone())
            .collect::<std::collections::BTreeSet<_>>()
    };
    let (mine, other) = (who(ours), who(theirs));
    if asked != Sameness::Any && mine != other && !mine.is_empty() && !other.is_empty() {
        let message = format!("the judge behind {metric} is not the same on both sides");
        return no(Reason::NotComparable, message);
    }
    Ok(())
}

/// Whether larger is better: what the rule says, else what the name says.
fn is_larger_better(rule: &TestRule) -> Result<bool, Box<Opinion>> {
    let by_name = || match (direction(&rule.metric), &rule.samples) {
        (Some(direction), _) => Some(direction == Direction::HigherIsBetter),
        (None, Samples::Judge) => Some(true),
        // Near is near, whichever way is better.
        (None, _) if rule.kind == TestKind::Equivalence => Some(true),
        (None, _) => None,
    };
    match rule.larger_is_better.or_else(by_name) {
        Some(larger) => Ok(larger),
        None => no(
            Reason::AmbiguousMetric,
            format!(
                "which way {} is better is not known: its name does not say, and neither does the check",
                rule.metric
            ),
        ),
    }
}

/// Asks the method. Errors of the method say that nothing can be concluded.
fn ask(rule: &TestRule, measured: &Measured) -> Result<Finding, Box<Opinion>> {
    let kind = match rule.kind {
        TestKind::Superiority => Kind::Superiority,
        TestKind::NonInferiority => Kind::NonInferiority,
        TestKind::Equivalence => Kind::Equivalence,
    };
    let number = |value: &BigDecimal| value.to_f64().unwrap_or(f64::NAN);
    let claim = Claim::new(kind, number(&rule.margin), number(&rule.confidence))
        .map_err(|error| failed(&error))?;
    let resampling = Resampling {
        resamples: rule.resamples,
        seed: rule.seed,
    };
    match measured {
        Measured::Paired(both) => paired(rule, both, &claim, resampling),
        Measured::Apart(both) => {
            let (better, worse) = oriented(rule, both)?;
            match rule.method {
                TestMethod::Wilcoxon => {
                    rank_sum(better, worse, &claim).map_err(|error| failed(&error))
                }
                TestMethod::McNemar => unfit(rule),
                // A bootstrap of a handful of runs is no better than what it is drawn from.
                TestMethod::T | TestMethod::Bootstrap => {
                    welch_t(better, worse, &claim).map_err(|error| failed(&error))
                }
            }
        }
        Measured::Labels {
            truth,
            both,
            positive,
        } => labels(rule, (truth, both, positive.as_deref()), &claim, resampling),
        Measured::Numbers { truth, both } => numbers(rule, truth, both, &claim, resampling),
    }
}

fn paired(
    rule: &TestRule,
    both: &Both<f64>,
    claim: &Claim,
    resampling: Resampling,
) -> Result<Finding, Box<Opinion>> {
    if rule.method == TestMethod::McNemar {
        let (better, worse) = oriented(rule, both)?;
        let right = |values: &[f64]| -> Option<Vec<bool>> {
            let right = |value: &f64| match *value {
                0.0 => Some(false),
                1.0 => Some(true),
                _ => None,
            };
            values.iter().map(right).collect()
        };
        let (Some(better), Some(worse)) = (right(better), right(worse)) else {
            return no(
                Reason::EvidenceUnreadable,
                "McNemar's test takes rows that are right or wrong, 1 or 0",
            );
        };
        let correctness = Correctness::of(&better, &worse).map_err(|error| failed(&error))?;
        return mcnemar(&correctness, claim).map_err(|error| failed(&error));
    }
    let (better, worse) = oriented(rule, both)?;
    let pairs = Pairs::new(better, worse).map_err(|error| failed(&error))?;
    match rule.method {
        TestMethod::T => paired_t(&pairs, claim),
        TestMethod::Wilcoxon => return ranked(&pairs, claim),
        _ => paired_bootstrap(&pairs, claim, resampling),
    }
    .map_err(|error| failed(&error))
}

/// Candidate first where larger is better, else the other way round: a difference above 0 is
/// always an improvement.
fn oriented<'b, T>(rule: &TestRule, both: &'b Both<T>) -> Result<(&'b [T], &'b [T]), Box<Opinion>> {
    let (candidate, baseline) = (both.candidate.as_slice(), both.baseline.as_slice());
    Ok(if is_larger_better(rule)? {
        (candidate, baseline)
    } else {
        (baseline, candidate)
    })
}

fn labels(
    rule: &TestRule,
    (truth, both, positive): (&[String], &Both<String>, Option<&str>),
    claim: &Claim,
    resampling: Resampling,
) -> Result<Finding, Box<Opinion>> {
    let Ok(Score::Label(score)) = Score::of(&rule.metric) else {
        return unfit(rule);
    };
    let right = |predicted: &[String]| -> Vec<f64> {
        let rows = truth.iter().zip(predicted);
        rows.map(|(truth, predicted)| f64::from(u8::from(truth == predicted)))
            .collect()
    };
    if rule.method != TestMethod::Bootstrap {
        if score != LabelScore::Accuracy {
            return unfit(rule);
        }
        let both = Both {
            candidate: right(&both.candidate),
            baseline: right(&both.baseline),
        };
        return paired(rule, &both, claim, resampling);
    }
    let positive = positive.map(str::to_owned);
    let averaging = positive.as_ref().map_or(Averaging::Macro, Averaging::Class);
    let score = match score {
        LabelScore::Accuracy => ClassificationScore::Accuracy,
        LabelScore::Precision => ClassificationScore::Precision(averaging),
        LabelScore::Recall => ClassificationScore::Recall(averaging),
        LabelScore::F1 => ClassificationScore::F1(averaging),
    };
    let predictions = Predictions {
        truth,
        candidate: &both.candidate,
        baseline: &both.baseline,
    };
    bootstrap_classification(&predictions, score, claim, resampling).map_err(|error| failed(&error))
}

fn numbers(
    rule: &TestRule,
    truth: &[f64],
    both: &Both<f64>,
    claim: &Claim,
    resampling: Resampling,
) -> Result<Finding, Box<Opinion>> {
    let (Ok(Score::Number(score)), TestMethod::Bootstrap) = (Score::of(&rule.metric), rule.method)
    else {
        return unfit(rule);
    };
    let predictions = Predictions {
        truth,
        candidate: &both.candidate,
        baseline: &both.baseline,
    };
    bootstrap_regression(&predictions, score, claim, resampling).map_err(|error| failed(&error))
}

fn unfit<T>(rule: &TestRule) -> Result<T, Box<Opinion>> {
    no(
        Reason::EvidenceUnreadable,
        format!(
            "{} of these measurements cannot be tested by this method; `method: bootstrap` can",
            rule.metric
        ),
    )
}

/// Why a method found nothing.
pub(super) fn failed(error: &Error) -> Box<Opinion> {
    let reason = match error {
        Error::TooFew { .. } => Reason::TooFew,
        Error::NoVariation { .. } | Error::Undefined { .. } | Error::TooMany { .. } => {
            Reason::Undecided
        }
        _ => Reason::EvidenceUnreadable,
    };
    Box::new(Opinion {
        notes: vec![error.help()],
        ..Opinion::new(reason, format!("failed to {error}"))
    })
}

fn conclude(rule: &TestRule, finding: &Finding, theirs: &Side<'_>) -> Opinion {
    let exact = |value: f64| Finite::new(value).map(decimal).unwrap_or_default();
    let (low, high) = (exact(finding.interval.low), exact(finding.interval.high));
    let asked = match rule.kind {
        TestKind::Superiority => format!("better by more than {}", show(&rule.margin)),
        TestKind::NonInferiority => format!("not worse by {} or more", show(&rule.margin)),
        TestKind::Equivalence => format!("within {} of it", show(&rule.margin)),
    };
    let shown = format!(
        "{} is better than {}'s by {} ({} to {}, {}, {} measurements), and must be {asked}",
        rule.metric,
        theirs.whose,
        short(finding.estimate),
        short(finding.interval.low),
        short(finding.interval.high),
        finding.method,
        finding.n
    );
    let opinion = match finding.conclusion {
        Conclusion::Shown => Opinion::new(Reason::Holds, "holds"),
        Conclusion::Refuted => Opinion::new(Reason::Violated, shown.clone()),
        Conclusion::Undecided => Opinion::new(
            Reason::Undecided,
            format!("{shown}: the measurements do not tell"),
        ),
    };
    let mut derivation = vec![shown];
    derivation.extend(finding.p_value.map(|p| format!("one-sided p-value: {p}")));
    derivation.extend(
        finding
            .resampling
            .map(|drawn| format!("{} resamples from seed {}", drawn.resamples, drawn.seed)),
    );
    derivation.push(format!("confidence of each end: {}", finding.confidence));
    Opinion {
        candidate: Some(Observed {
            value: crate::gate::finding::Value::Interval { low, high },
            source: Source {
                place: format!("improvement over {}", theirs.subject.name()),
                n: u64::try_from(finding.n).ok(),
                ..Source::default()
            },
        }),
        threshold: Some(match rule.kind {
            TestKind::NonInferiority => -rule.margin.clone(),
            TestKind::Superiority | TestKind::Equivalence => rule.margin.clone(),
        }),
        derivation,
        ..opinion
    }
}

/// Six digits for a message.
fn short(value: f64) -> String {
    let exact = Finite::new(value).map(decimal).unwrap_or_default();
    crate::gate::decimal::show_beside(&exact, None)
}
