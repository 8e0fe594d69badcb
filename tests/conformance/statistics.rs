//! What SciPy (and scikit-learn) say about the same measurements: the same, to nine digits.

use std::io::Write;
use std::process::{Command, Stdio};

use gatewright::statistics::{
    Averaging, Claim, ClassificationScore, Correctness, Finding, Interval, Kind, Pairs,
    Predictions, RegressionScore, Resampling, bootstrap_classification, bootstrap_regression,
    mcnemar, paired_bootstrap, paired_t, rank_sum, signed_rank, welch_t, wilson,
};
use serde_json::{Value, json};

use crate::tools::{python, repository};

/// How far two numbers that are the same may be apart, relative to their size.
const NEAR: f64 = 1e-9;

fn ask_scipy(cases: &[Value]) -> Option<Vec<Value>> {
    let mut process = Command::new(python()?)
        .arg(repository().join("tests/statistics/reference.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let question = serde_json::to_vec(cases).unwrap();
    process.stdin.take().unwrap().write_all(&question).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "reference.py failed");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// Numbers that look random and are the same everywhere, between 0 and 1.
fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap()) / 4_294_967_296.0
    })
    .skip(5)
}

fn sample(seed: u64, n: usize, shift: f64) -> Vec<f64> {
    noise(seed).take(n).map(|u| shift + u * u - 0.3).collect()
}

/// Whole numbers, so that many are tied and some are zero.
fn coarse(seed: u64, n: usize) -> Vec<f64> {
    noise(seed)
        .take(n)
        .map(|u| (u * 6.0).floor() - 2.0)
        .collect()
}

fn claims() -> Vec<(&'static str, Claim)> {
    [
        ("superiority", Kind::Superiority, 0.0, 0.95),
        ("superiority", Kind::Superiority, 0.02, 0.975),
        ("non-inferiority", Kind::NonInferiority, 0.01, 0.95),
        ("non-inferiority", Kind::NonInferiority, 1.0, 0.9),
        ("equivalence", Kind::Equivalence, 0.05, 0.95),
    ]
    .map(|(name, kind, margin, confidence)| (name, Claim::new(kind, margin, confidence).unwrap()))
    .to_vec()
}

fn with_claim(mut case: Value, name: &str, claim: &Claim) -> Value {
    case["kind"] = json!(name);
    case["margin"] = json!(claim.margin());
    case["confidence"] = json!(claim.confidence());
    case
}

fn near(found: f64, expected: &Value, scale: f64, what: &str) {
    let expected = expected
        .as_f64()
        .unwrap_or_else(|| panic!("{what}: no number"));
    let bound = NEAR * expected.abs().max(scale);
    assert!(
        (found - expected).abs() <= bound,
        "{what}: {found} here, {expected} there"
    );
}

fn assert_same(found: &Finding, expected: &Value, what: &str) {
    assert_same_interval(found.interval, expected, what);
    near(found.estimate, &expected["estimate"], 1e-6, what);
    near(found.p_value.unwrap(), &expected["p"], 0.0, what);
}

fn assert_same_interval(found: Interval, expected: &Value, what: &str) {
    near(found.low, &expected["low"], 1e-6, what);
    near(found.high, &expected["high"], 1e-6, what);
}

/// Asks SciPy about all cases at once and holds each finding against its answer.
fn compare(cases: &[(Value, Finding)]) {
    let questions: Vec<Value> = cases.iter().map(|case| case.0.clone()).collect();
    let Some(answers) = ask_scipy(&questions) else {
        return;
    };
    assert_eq!(answers.len(), cases.len());
    for ((question, found), answer) in cases.iter().zip(answers) {
        let rows = question["candidate"].as_array().map(Vec::len);
        let mut what = question.clone();
        what["candidate"] = json!(rows);
        what["baseline"] = json!(found.n);
        assert_same(found, &answer, &format!("{} {what}", found.method));
    }
}

fn two_samples(method: &str, candidate: &[f64], baseline: &[f64]) -> Value {
    json!({"method": method, "candidate": candidate, "baseline": baseline})
}

#[test]
fn students_t_is_scipys() {
    let mut cases = Vec::new();
    for (name, claim) in claims() {
        for n in [2, 3, 10, 200, 5000] {
            let (mine, theirs) = (sample(1, n, 0.03), sample(2, n, 0.0));
            let pairs = Pairs::new(&mine, &theirs).unwrap();
            let question = with_claim(two_samples("paired-t", &mine, &theirs), name, &claim);
            cases.push((question, paired_t(&pairs, &claim).unwrap()));
            let theirs = sample(3, n / 2 + 2, 0.0);
            let question = with_claim(two_samples("welch-t", &mine, &theirs), name, &claim);
            cases.push((question, welch_t(&mine, &theirs, &claim).unwrap()));
        }
    }
    compare(&cases);
}

#[test]
fn signed_ranks_are_scipys_with_ties_and_without() {
    let mut cases = Vec::new();
    for (name, claim) in claims() {
        let smooth = [6, 9, 20, 50, 51, 120].map(|n| (sample(4, n, 0.02), sample(5, n, 0.0)));
        let tied = [9, 14, 60, 300].map(|n| (coarse(6, n), coarse(7, n)));
        for (mine, theirs) in smooth.into_iter().chain(tied) {
            let pairs = Pairs::new(&mine, &theirs).unwrap();
            let question = with_claim(two_samples("signed-rank", &mine, &theirs), name, &claim);
            cases.push((question, signed_rank(&pairs, &claim).unwrap()));
        }
    }
    compare(&cases);
}

#[test]
fn rank_sums_are_scipys_with_ties_and_without() {
    let mut cases = Vec::new();
    for (name, claim) in claims() {
        let smooth = [(4, 4), (8, 9), (3, 12), (30, 30), (40, 35)]
            .map(|(a, b)| (sample(8, a, 0.1), sample(9, b, 0.0)));
        let tied = [(5, 6), (7, 7), (50, 45)].map(|(a, b)| (coarse(10, a), coarse(11, b)));
        for (mine, theirs) in smooth.into_iter().chain(tied) {
            let question = with_claim(two_samples("rank-sum", &mine, &theirs), name, &claim);
            cases.push((question, rank_sum(&mine, &theirs, &claim).unwrap()));
        }
    }
    compare(&cases);
}

#[test]
fn tangos_interval_solves_his_equation_and_mcnemars_p_is_scipys() {
    let mut cases = Vec::new();
    for (name, claim) in claims() {
        for (rows, wins, losses) in [
            (200, 12, 5),
            (200, 3, 0),
            (50, 0, 4),
            (1000, 40, 61),
            (30, 10, 11),
            (100_000, 5200, 5000),
        ] {
            let correctness = Correctness {
                rows,
                only_candidate: wins,
                only_baseline: losses,
            };
            let question = json!({
                "method": "mcnemar", "rows": rows, "only_candidate": wins, "only_baseline": losses
            });
            let found = mcnemar(&correctness, &claim).unwrap();
            cases.push((with_claim(question, name, &claim), found));
        }
    }
    compare(&cases);
}

#[test]
fn wilsons_interval_is_scipys() {
    let cases = [
        (0, 7, 0.975),
        (5, 7, 0.95),
        (7, 7, 0.99),
        (480, 5000, 0.975),
    ];
    let questions = cases.map(|(successes, rows, confidence)| {
        json!({"method": "wilson", "successes": successes, "rows": rows, "confidence": confidence})
    });
    let Some(answers) = ask_scipy(&questions) else {
        return;
    };
    for ((successes, rows, confidence), answer) in cases.into_iter().zip(answers) {
        let found = wilson(successes, rows, confidence).unwrap();
        assert_same_interval(found, &answer, &format!("{successes} of {rows}"));
    }
}

const RESAMPLES: u32 = 20_000;

/// How far the same end of two bootstraps may be apart.
///
/// The α quantile of B resamples has about the standard error √(α(1-α)/B) / f, with f the density
/// there; of a normal distribution with deviation σ, f = φ(z)/σ, and at α = 0.05 φ(z) = 0.1031. Two
/// independent bootstraps differ by √2 of that; five times it is what chance does once in 10⁶, and
/// comes to 0.106 σ for 20,000 resamples.
fn monte_carlo_bound(deviation: f64) -> f64 {
    let alpha = 0.05_f64;
    let error = (2.0 * alpha * (1.0 - alpha) / f64::from(RESAMPLES)).sqrt() / 0.1031;
    5.0 * error * deviation
}

fn bootstraps() -> Vec<(Value, Finding)> {
    let claim = Claim::new(Kind::NonInferiority, 0.01, 0.95).unwrap();
    let resampling = Resampling {
        resamples: RESAMPLES,
        seed: 42,
    };
    let n = 300;
    let truth: Vec<f64> = noise(12).take(n).map(|u| u + 0.5).collect();
    let near_truth = |seed, spread: f64| -> Vec<f64> {
        let off = noise(seed).map(move |u| spread * (u - 0.5));
        truth.iter().zip(off).map(|(t, off)| t + off).collect()
    };
    let (mine, theirs) = (near_truth(13, 0.5), near_truth(14, 0.6));
    let question = |score: &str, sides: [Value; 3]| {
        let [truth, candidate, baseline] = sides;
        json!({
            "method": "bootstrap", "score": score, "confidence": 0.95, "resamples": RESAMPLES,
            "truth": truth, "candidate": candidate, "baseline": baseline
        })
    };
    let numbers = || [json!(truth), json!(mine), json!(theirs)];
    let pairs = Pairs::new(&mine, &theirs).unwrap();
    let found = paired_bootstrap(&pairs, &claim, resampling).unwrap();
    let mut cases = vec![(question("mean", numbers()), found)];
    let predictions = Predictions {
        truth: &truth,
        candidate: &mine,
        baseline: &theirs,
    };
    for (name, score) in [
        ("rmse", RegressionScore::RootMeanSquaredError),
        ("r2", RegressionScore::RSquared),
        ("mape", RegressionScore::MeanAbsolutePercentageError),
    ] {
        let found = bootstrap_regression(&predictions, score, &claim, resampling).unwrap();
        cases.push((question(name, numbers()), found));
    }
    let labels: Vec<i32> = noise(15)
        .take(n)
        .map(|u| {
            if u < 0.4 {
                1
            } else if u < 0.8 {
                2
            } else {
                3
            }
        })
        .collect();
    let mistaken = |seed, rate: f64| -> Vec<i32> {
        let chance = noise(seed);
        labels
            .iter()
            .zip(chance)
            .map(|(label, u)| if u < rate { label % 3 + 1 } else { *label })
            .collect()
    };
    let (mine, theirs) = (mistaken(16, 0.2), mistaken(17, 0.25));
    let predictions = Predictions {
        truth: &labels,
        candidate: &mine,
        baseline: &theirs,
    };
    for (name, score) in [
        ("f1", ClassificationScore::F1(Averaging::Class(&1))),
        (
            "precision",
            ClassificationScore::Precision(Averaging::Class(&1)),
        ),
        ("f1-macro", ClassificationScore::F1(Averaging::Macro)),
    ] {
        let found = bootstrap_classification(&predictions, score, &claim, resampling).unwrap();
        cases.push((
            question(name, [json!(labels), json!(mine), json!(theirs)]),
            found,
        ));
    }
    cases
}

#[test]
fn bootstraps_are_scipys_within_the_error_of_monte_carlo() {
    let cases = bootstraps();
    let questions: Vec<Value> = cases.iter().map(|case| case.0.clone()).collect();
    let Some(answers) = ask_scipy(&questions) else {
        return;
    };
    for ((question, found), answer) in cases.iter().zip(answers) {
        let what = &question["score"];
        near(found.estimate, &answer["estimate"], 1e-6, &what.to_string());
        let bound = monte_carlo_bound(answer["deviation"].as_f64().unwrap());
        for (mine, theirs) in [
            (found.interval.low, &answer["low"]),
            (found.interval.high, &answer["high"]),
        ] {
            let theirs = theirs.as_f64().unwrap();
            assert!(
                (mine - theirs).abs() <= bound,
                "{what}: {mine} here, {theirs} there, {bound}"
            );
        }
    }
}
