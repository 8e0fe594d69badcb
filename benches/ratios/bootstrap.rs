//! The paired bootstrap, 10,000 resamples of 100,000 rows, against SciPy. Each is a process of its
//! own, start and data included.

use std::path::Path;
use std::process::Command;

use gatewright::statistics::{
    Averaging, Claim, ClassificationScore, Kind, Pairs, Predictions, Resampling,
    bootstrap_classification, paired_bootstrap,
};

const ROWS: usize = 100_000;
/// SciPy takes long.
const ROUNDS: usize = 3;

pub(crate) fn measure(repository: &Path, tools: &Path) {
    for (score, what) in [("mean", "a mean difference"), ("f1", "F1 of two classes")] {
        let mut ours = Command::new(std::env::current_exe().unwrap());
        ours.args(["bootstrap", score]);
        let mut peer = Command::new(tools.join("mlflow/bin/python"));
        peer.arg(repository.join("benches/bootstrap.py")).arg(score);
        let what = format!("bootstrap of {what}, 10^9 draws, against SciPy");
        super::compare_times(ROUNDS, &what, &mut ours, &mut peer);
    }
}

/// The subject: two models on the same rows, the candidate a little better.
pub(crate) fn run(score: &str) {
    let claim = Claim::new(Kind::NonInferiority, 0.01, 0.95).unwrap();
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap()) / 4_294_967_296.0
    };
    let resampling = Resampling::default();
    let found = if score == "mean" {
        let candidate: Vec<f64> = (0..ROWS).map(|_| noise() + 0.01).collect();
        let baseline: Vec<f64> = (0..ROWS).map(|_| noise()).collect();
        let pairs = Pairs::new(&candidate, &baseline).unwrap();
        paired_bootstrap(&pairs, &claim, resampling).unwrap()
    } else {
        let truth: Vec<bool> = (0..ROWS).map(|_| noise() < 0.3).collect();
        let mut predicted = |errors| -> Vec<bool> {
            truth
                .iter()
                .map(|label| label ^ (noise() < errors))
                .collect()
        };
        let (candidate, baseline) = (predicted(0.10), predicted(0.11));
        let predictions = Predictions {
            truth: &truth,
            candidate: &candidate,
            baseline: &baseline,
        };
        let f1 = ClassificationScore::F1(Averaging::Class(&true));
        bootstrap_classification(&predictions, f1, &claim, resampling).unwrap()
    };
    println!("{} {}", found.interval.low, found.interval.high);
}
