//! What the grammar reads, and how it is printed.

use super::*;
use crate::gate::check::{Level, Weight};
use crate::gate::rule::Rule;

fn rule(text: &str) -> Rule {
    parse(text)
        .unwrap_or_else(|error| panic!("{text}: {error:?}"))
        .rule
}

#[test]
fn every_form_is_read_and_printed_in_its_canonical_form() {
    for (text, canonical) in [
        ("rmse <= 5.0", "rmse <= 5.0"),
        (
            "f1_score >= champion - 0.005",
            "f1_score >= champion - 0.005",
        ),
        ("log_loss<=champion+2%", "log_loss <= champion + 2%"),
        ("recall >= champion - 1 pp", "recall >= champion - 1pp"),
        ("correctness/mean >= 0.85", "correctness/mean >= 0.85"),
        ("\"a b\" > champion", "\"a b\" > champion"),
        ("\"warn: x\" > 1", "\"warn: x\" > 1"),
        ("loss < -1e-3", "loss < -0.001"),
        ("recall[region=*] >= 0.70", "recall[region=*] >= 0.70"),
        (
            "recall [ region = * , age=young ]>=0.7",
            "recall[region=*, age=young] >= 0.7",
        ),
        (
            "recall[\"a=b\"=\"x, y\"] >= 0.7",
            "recall[\"a=b\"=\"x, y\"] >= 0.7",
        ),
        ("recall[region=\"*\"] >= 0.7", "recall[region=\"*\"] >= 0.7"),
        ("age <= 7d", "age <= 7d"),
        ("age <= 2w", "age <= 14d"),
        ("age <= 90m", "age <= 90m"),
        ("\"age\" <= 7", "\"age\" <= 7"),
        ("\"champion\" <= 7", "\"champion\" <= 7"),
        ("ages <= 7", "ages <= 7"),
        (
            "signature backward champion",
            "signature compatible champion",
        ),
        ("signature exact version(3)", "signature exact version(3)"),
        ("dataset same previous", "dataset same previous"),
        ("scorers same alias(shadow)", "scorers same alias(shadow)"),
        (
            "coverage(correctness) >= 98%",
            "coverage(correctness) >= 98%",
        ),
        ("coverage( \"a b\" )>=98 %", "coverage(\"a b\") >= 98%"),
        ("tag stage = candidate", "tag stage = candidate"),
        ("tag mlflow.user != \"\"", "tag mlflow.user != \"\""),
        (
            "tag note == \"it is \\\"so\\\"\"",
            "tag note = \"it is \\\"so\\\"\"",
        ),
        ("param max_depth <= 8", "param max_depth <= 8"),
        ("param model = xgboost", "param model == xgboost"),
        ("r2 >= median( 5 ) - 0.01", "r2 >= median(5) - 0.01"),
        ("r2 >= best(3)", "r2 >= best(3)"),
        ("r2 > run(0f3a_9)+1pp", "r2 > run(0f3a_9) + 1pp"),
        ("r2 > champion \u{2212} 0.1", "r2 > champion - 0.1"),
        ("\"tab\\there\\u{7}\" > 1", "\"tab\\there\\u{7}\" > 1"),
    ] {
        assert_eq!(rule(text).to_string(), canonical);
        assert_eq!(rule(canonical), rule(text), "{text}");
    }
}

#[test]
fn a_level_stands_before_a_colon() {
    assert_eq!(
        parse("warn: x <= 1").unwrap().level,
        Some(Weight::On(Level::Warn))
    );
    assert_eq!(parse("off: age <= 1d").unwrap().level, Some(Weight::Off));
    assert_eq!(parse("ns:x <= 1").unwrap().level, None);
}

#[test]
fn a_reference_can_stand_alone() {
    assert_eq!(
        whom(" alias(shadow) ").unwrap().to_string(),
        "alias(shadow)"
    );
    let error = whom("champion - 1").unwrap_err();
    assert_eq!((error.offset, error.length), (9, 3));
}

#[test]
fn a_long_line_takes_linear_time() {
    let long = "x".repeat(1_000_000);
    for line in [
        format!("{long} <= 1"),
        format!("rmse <= {long}"),
        format!("\"{long}"),
        format!("m[{}] > 1", "a=b,".repeat(200_000)),
        "(".repeat(1_000_000),
        format!("0.8 <= {long}"),
        format!("rmse <= {}", "9".repeat(1_000_000)),
        format!("tag {long} = {long} {long}"),
    ] {
        // Seconds, where squares would take hours.
        let read = parse(&line);
        assert!(read.is_ok() || read.is_err_and(|error| error.message.len() < 400));
    }
}
