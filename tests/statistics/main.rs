//! What holds for any measurements: swapping the models mirrors the answer, more confidence asks for
//! more, a larger margin never takes back what was shown, and nothing depends on who computes it.

use gatewright::statistics::{
    Averaging, Claim, ClassificationScore, Conclusion, Correctness, Error, Finding, Kind, Pairs,
    Predictions, RegressionScore, Resampling, bootstrap_classification, bootstrap_regression,
    mcnemar, paired_bootstrap, paired_t, rank_sum, signed_rank, welch_t,
};
use proptest::prelude::*;

const RESAMPLING: Resampling = Resampling {
    resamples: 1000,
    seed: 11,
};

/// Every method that can be asked about two rows of numbers, the labels made from their signs.
fn all_methods(
    candidate: &[f64],
    baseline: &[f64],
    claim: &Claim,
) -> Vec<(&'static str, Result<Finding, Error>)> {
    let pairs = || Pairs::new(candidate, baseline);
    let right = |side: &[f64]| side.iter().map(|value| *value > 0.0).collect::<Vec<_>>();
    let class = |side: &[f64]| side.iter().map(|value| value.signum()).collect::<Vec<_>>();
    let (mine, theirs) = (class(candidate), class(baseline));
    let labels = |side: &[f64]| side.iter().map(|value| *value > 0.0).collect::<Vec<_>>();
    let truth: Vec<bool> = (0..candidate.len()).map(|row| row % 3 != 0).collect();
    let f1 = || {
        let predictions = Predictions {
            truth: &truth,
            candidate: &labels(&mine),
            baseline: &labels(&theirs),
        };
        let score = ClassificationScore::F1(Averaging::Macro);
        bootstrap_classification(&predictions, score, claim, RESAMPLING)
    };
    let rmse = || {
        let predictions = Predictions {
            truth: &vec![0.0; candidate.len()],
            candidate,
            baseline,
        };
        let score = RegressionScore::RootMeanSquaredError;
        bootstrap_regression(&predictions, score, claim, RESAMPLING)
    };
    vec![
        ("t", pairs().and_then(|pairs| paired_t(&pairs, claim))),
        (
            "signed rank",
            pairs().and_then(|pairs| signed_rank(&pairs, claim)),
        ),
        (
            "bootstrap",
            pairs().and_then(|pairs| paired_bootstrap(&pairs, claim, RESAMPLING)),
        ),
        ("welch", welch_t(candidate, baseline, claim)),
        ("rank sum", rank_sum(candidate, baseline, claim)),
        (
            "mcnemar",
            Correctness::of(&right(candidate), &right(baseline))
                .and_then(|correctness| mcnemar(&correctness, claim)),
        ),
        ("f1", f1()),
        ("rmse", rmse()),
    ]
}

/// Without ties.
fn smooth() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((-2.0..2.0_f64, -2.0..2.0_f64), 2..70)
        .prop_map(|rows| rows.into_iter().unzip())
}

fn rows() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let number = || (-2..3_i8).prop_map(f64::from);
    let coarse = prop::collection::vec((number(), number()), 2..70)
        .prop_map(|rows| rows.into_iter().unzip());
    prop_oneof![smooth(), coarse]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Superiority),
        Just(Kind::NonInferiority),
        Just(Kind::Equivalence)
    ]
}

/// Equal but for the rounding of sums.
fn near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs()).max(1e-3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn swapping_the_models_mirrors_estimate_and_interval((mine, theirs) in rows()) {
        let claim = Claim::new(Kind::Superiority, 0.0, 0.95).unwrap();
        let there = all_methods(&mine, &theirs, &claim);
        let back = all_methods(&theirs, &mine, &claim);
        for ((method, there), (_, back)) in there.into_iter().zip(back) {
            let (Ok(there), Ok(back)) = (&there, &back) else {
                prop_assert_eq!(there.is_err(), back.is_err(), "{}", method);
                continue;
            };
            prop_assert!(near(there.estimate, -back.estimate), "{method} {there:?} {back:?}");
            prop_assert!(near(there.interval.low, -back.interval.high), "{method} {there:?} {back:?}");
            prop_assert!(near(there.interval.high, -back.interval.low), "{method} {there:?} {back:?}");
        }
    }

    #[test]
    fn the_estimate_lies_in_an_interval_that_widens_with_the_confidence((mine, theirs) in rows()) {
        let at = |confidence| {
            let claim = Claim::new(Kind::Equivalence, 0.5, confidence).unwrap();
            all_methods(&mine, &theirs, &claim)
        };
        for ((method, narrow), (_, wide)) in at(0.9).into_iter().zip(at(0.975)) {
            let (Ok(narrow), Ok(wide)) = (narrow, wide) else { continue };
            prop_assert!(wide.interval.low <= narrow.interval.low, "{method}");
            prop_assert!(wide.interval.high >= narrow.interval.high, "{method}");
            // Resampled scores may be biased; everything else is centred.
            if wide.resampling.is_none() {
                let inside = wide.interval.low <= wide.estimate + 1e-12
                    && wide.estimate <= wide.interval.high + 1e-12;
                prop_assert!(inside, "{method} {wide:?}");
            }
        }
    }

    #[test]
    fn a_larger_margin_never_takes_back_what_was_shown(
        (mine, theirs) in rows(),
        kind in prop_oneof![Just(Kind::NonInferiority), Just(Kind::Equivalence)],
        margin in 0.001..1.0_f64,
        more in 0.0..1.0_f64,
    ) {
        let at = |margin| {
            all_methods(&mine, &theirs, &Claim::new(kind, margin, 0.95).unwrap())
        };
        for ((method, small), (_, large)) in at(margin).into_iter().zip(at(margin + more)) {
            let (Ok(small), Ok(large)) = (small, large) else { continue };
            prop_assert_eq!(small.interval, large.interval);
            if small.conclusion == Conclusion::Shown {
                prop_assert_eq!(large.conclusion, Conclusion::Shown, "{}", method);
            }
            if large.conclusion == Conclusion::Refuted {
                prop_assert_eq!(small.conclusion, Conclusion::Refuted, "{}", method);
            }
        }
    }

    #[test]
    fn superiority_that_is_shown_of_one_is_refuted_of_the_other((mine, theirs) in rows()) {
        let claim = Claim::new(Kind::Superiority, 0.0, 0.9).unwrap();
        let there = all_methods(&mine, &theirs, &claim);
        let back = all_methods(&theirs, &mine, &claim);
        for ((method, there), (_, back)) in there.into_iter().zip(back) {
            if there.is_ok_and(|found| found.conclusion == Conclusion::Shown) {
                prop_assert_eq!(back.unwrap().conclusion, Conclusion::Refuted, "{}", method);
            }
        }
    }

    #[test]
    fn the_p_value_and_the_interval_agree((mine, theirs) in smooth(), kind in kind(), margin in 0.01..0.8_f64) {
        let claim = Claim::new(kind, margin, 0.95).unwrap();
        for (method, found) in all_methods(&mine, &theirs, &claim) {
            let Ok(Finding { conclusion, p_value: Some(p), .. }) = found else { continue };
            prop_assert_eq!(conclusion == Conclusion::Shown, p <= 0.05, "{} {}", method, p);
        }
    }

    #[test]
    fn any_numbers_give_a_finding_or_an_error(
        mine in prop::collection::vec(any::<f64>(), 0..12),
        theirs in prop::collection::vec(any::<f64>(), 0..12),
        kind in kind(),
        margin in any::<f64>(),
        confidence in 0.0..1.1_f64,
    ) {
        let Ok(claim) = Claim::new(kind, margin, confidence) else { return Ok(()) };
        let rows = mine.len().min(theirs.len());
        for same in [&theirs[..], &theirs[..rows]] {
            for (method, found) in all_methods(&mine[..rows.max(mine.len() / 2)], same, &claim) {
                let Ok(found) = found else { continue };
                prop_assert!(found.interval.low.is_finite() && found.interval.high.is_finite(), "{method}");
                prop_assert!(found.interval.low <= found.interval.high, "{method} {found:?}");
                prop_assert!(found.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{method} {found:?}");
            }
        }
    }
}

#[test]
fn a_seed_gives_the_same_digits_on_any_number_of_threads() {
    let (mine, theirs): (Vec<f64>, Vec<f64>) = (0..500_u32)
        .map(|row| (f64::from(row * 7919 % 101), f64::from(row * 104_729 % 97)))
        .unzip();
    let pairs = Pairs::new(&mine, &theirs).unwrap();
    let claim = Claim::new(Kind::NonInferiority, 1.0, 0.95).unwrap();
    let judge = |seed| {
        let resampling = Resampling { seed, ..RESAMPLING };
        paired_bootstrap(&pairs, &claim, resampling).unwrap()
    };
    let alone = judge(5);
    std::thread::scope(|scope| {
        let others: Vec<_> = (0..4).map(|_| scope.spawn(|| judge(5))).collect();
        for other in others {
            assert_eq!(other.join().unwrap(), alone);
        }
    });
    assert_ne!(judge(6).interval, alone.interval);
}
