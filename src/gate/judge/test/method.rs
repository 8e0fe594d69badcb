//! The method that a rule names, asked about the measurements there are.

use bigdecimal::{BigDecimal, ToPrimitive};

use super::direction::oriented;
use super::opinion::no;
use super::signed::ranked;
use crate::gate::finding::Opinion;
use crate::gate::judge::samples::{Both, Measured};
use crate::gate::judge::score::{LabelScore, Score};
use crate::gate::reason::Reason;
use crate::gate::rule::{TestKind, TestMethod, TestRule};
use crate::statistics::{
    Averaging, Claim, ClassificationScore, Correctness, Error, Finding, Kind, Pairs, Predictions,
    Resampling, bootstrap_classification, bootstrap_regression, mcnemar, paired_bootstrap,
    paired_t, rank_sum, welch_t,
};

/// Asks the method. Errors of the method say that nothing can be concluded.
pub(super) fn ask(rule: &TestRule, measured: &Measured) -> Result<Finding, Box<Opinion>> {
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
