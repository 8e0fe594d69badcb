//! What the checks of a spec become.

use std::path::Path;

use bigdecimal::BigDecimal;
use gatewright::diagnostic::Source;
use gatewright::evidence::Reference;
use gatewright::gate::check::{Candidate, IfAbsent, OnInconclusive, Sameness};
use gatewright::gate::rule::{Columns, ReadFrom, Rule, Samples, SlicesRule, TestMethod, TestRule};
use gatewright::gate::{Gate, grammar};
use snapbox::{Data, assert_data_eq, data::DataFormat};

fn gates(text: &str) -> Vec<Gate> {
    let source = Source {
        path: "gatewright.yaml".to_owned(),
        text: text.to_owned(),
    };
    let reading = gatewright::spec::read(&source, "0.1.0");
    assert!(reading.spec.is_some(), "{:#?}", reading.diagnostics);
    reading.spec.unwrap().gates
}

fn gate(settings: &str) -> Gate {
    gates(&format!(
        "version: 1\nproject: x\ngates:\n  promote:\n{settings}"
    ))
    .remove(0)
}

/// The one rule of a gate with this check.
fn rule(check: &str) -> Rule {
    gate(&format!("    checks:\n      - {check}\n"))
        .checks
        .remove(0)
        .rule
}

fn test_of(settings: &str) -> TestRule {
    match rule(&format!("{{metric: f1_score, test: {{{settings}}}}}")) {
        Rule::Test(rule) => rule,
        other => panic!("{other:?}"),
    }
}

fn slices_of(settings: &str) -> SlicesRule {
    match rule(&format!(
        "{{metric: recall, slices: {{by: [region], {settings}}}}}"
    )) {
        Rule::Slices(rule) => rule,
        other => panic!("{other:?}"),
    }
}

fn number(text: &str) -> BigDecimal {
    text.parse().unwrap()
}

#[test]
fn every_check_has_a_readable_id_and_a_line_for_people() {
    let all = gates(include_str!("ok/checks.yaml"));
    let told: Vec<_> = all[0]
        .checks
        .iter()
        .map(|check| {
            format!(
                "{} {}{}: {}",
                check.line,
                check.id,
                if check.critical { "!" } else { "" },
                check.rule
            )
        })
        .collect();
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/spec/ok/checks.txt");
    assert_data_eq!(
        told.join("\n") + "\n",
        Data::read_from(&expected, Some(DataFormat::Text)).raw()
    );
}

#[test]
fn a_map_without_an_id_gets_one_from_what_it_says() {
    let gate = gate(
        "    checks:
      - {metric: recall, slices: {by: [region, age], min: 0.7}}
      - {metric: f1_score, test: {kind: equivalence, margin: 0.01}}
      - {import: {junit: reports/gx.xml}}
      - 'recall[region=*, age=\"18 to 30\"] >= champion - 1pp'
      - '\"warn: odd\" != -1'
      - tag owner != \"the team\"
",
    );
    let ids: Vec<_> = gate.checks.iter().map(|check| check.id.as_str()).collect();
    insta::assert_snapshot!(ids.join("\n"), @"
    recall-by-region-age
    f1_score-equivalent-to-champion
    import-junit-reports-gx.xml
    recall-region-every-age-18-to-30-ge-champion-minus-1pp
    warn-odd-ne-minus-1
    tag-owner-ne-the-team
    ");
}

#[test]
fn the_settings_of_a_gate_reach_the_judge() {
    let gates = gates(include_str!("ok/checks.yaml"));
    let gate = &gates[0];
    assert_eq!(
        gate.candidate,
        Candidate::Newest {
            tag: "stage".to_owned(),
            value: "candidate".to_owned()
        }
    );
    assert_eq!(gate.baseline.if_absent, IfAbsent::Fail);
    assert_eq!(gate.comparability.dataset, Sameness::Same);
    assert_eq!(gate.comparability.scorers, Sameness::NotKnownToDiffer);
    assert_eq!(gate.on_inconclusive, OnInconclusive::Fail);
    assert_eq!(gate.slice_pattern.text, "{metric}_{key}_{value}");
    assert_eq!(gate.waivers.as_deref(), Some("gates/waivers.yaml"));
    assert_eq!(gate.scales["toxicity"].worst, number("1"));
    assert_eq!(
        gate.from,
        ReadFrom::Model {
            dataset: Some("holdout".to_owned())
        }
    );
    assert_eq!(gates[1].candidate, Candidate::Version(7));
    assert_eq!(gates[3].candidate, Candidate::Alias("shadow".to_owned()));
    assert_eq!(gates[3].comparability.dataset, Sameness::Any);
}

#[test]
fn what_a_gate_does_not_say_is_as_in_a_gate_made_by_hand() {
    let read = gate("    checks: [rmse <= 5]\n");
    let mut by_hand = Gate::new("promote", read.checks.clone());
    assert_eq!(read, by_hand);
    by_hand.on_inconclusive = OnInconclusive::Pass;
    assert_eq!(
        gate("    on_inconclusive: pass\n    checks: [rmse <= 5]\n"),
        Gate {
            checks: gate("    on_inconclusive: pass\n    checks: [rmse <= 5]\n").checks,
            ..by_hand
        }
    );
}

#[test]
fn a_number_of_a_map_keeps_every_digit_it_is_written_with() {
    let digits = "0.1000000000000000000000000000000000001";
    for written in [
        digits.to_owned(),
        format!("\"{digits}\""),
        format!("&m {digits}"),
    ] {
        let test = test_of(&format!("kind: equivalence, margin: {written}"));
        assert_eq!(test.margin, number(digits), "{written}");
    }
    let aliased = gate(&format!(
        "    scales: {{x: {{worst: &low {digits}, best: 1}}}}
    checks: [{{metric: recall, slices: {{by: [a], min: *low}}}}]\n"
    ));
    let Rule::Slices(rule) = &aliased.checks[0].rule else {
        panic!("{aliased:?}");
    };
    assert_eq!(rule.min, Some(number(digits)));
    assert_eq!(
        slices_of("max_gap: 18446744073709551617.5").max_gap,
        Some(number("18446744073709551617.5"))
    );
    // The scale is kept as well, because reports show what people wrote.
    assert_eq!(slices_of("min: 0.70").min.unwrap().to_string(), "0.70");
}

#[test]
fn a_test_says_little_and_means_the_usual() {
    let test = test_of("kind: non-inferiority, margin: 0.01");
    assert_eq!(test.against, Reference::Champion);
    assert_eq!(test.confidence, number("0.95"));
    assert_eq!((test.min_n, test.resamples, test.seed), (30, 10_000, 0));
    assert_eq!(test.method, TestMethod::Bootstrap);
    let Samples::Rows(table) = test.samples else {
        panic!("{test:?}");
    };
    assert_eq!(table.path, "eval_results_table.json");
    assert!(
        matches!(table.columns, Columns::Predictions { .. }),
        "F1 is computed from predictions"
    );
    for metric in ["mape", "val_sensitivity"] {
        let computed = rule(&format!(
            "{{metric: {metric}, test: {{kind: superiority}}}}"
        ));
        let Rule::Test(TestRule {
            samples: Samples::Rows(table),
            ..
        }) = computed
        else {
            panic!("{computed:?}");
        };
        assert!(
            matches!(table.columns, Columns::Predictions { .. }),
            "{metric} is computed from predictions"
        );
    }
    assert_eq!(test_of("kind: superiority, samples: runs").min_n, 5);
    assert_eq!(test_of("kind: superiority").margin, number("0"));
    let tone = rule("{metric: tone, test: {kind: equivalence, margin: 0.1}}");
    let Rule::Test(TestRule {
        samples: Samples::Rows(table),
        ..
    }) = tone
    else {
        panic!("{tone:?}");
    };
    assert_eq!(table.columns, Columns::Score("tone/score".to_owned()));
}

#[test]
fn a_level_means_the_same_wherever_it_is_written() {
    let gate = gate(
        "    checks:
      - {id: a, check: \"warn: rmse <= 5\"}
      - {id: b, check: rmse <= 5, level: warn}
      - warn: rmse <= 5
      - \"warn: rmse <= 5.0\"
      - {warn: \"warn: rmse <= 5.00\"}
      - {id: c, check: rmse <= 5, level: \"off\"}
      - r2 >= 0.5
",
    );
    let (last, soft) = gate.checks.split_last().unwrap();
    assert_eq!(soft.len(), 5);
    let rule = grammar::parse("rmse <= 5").unwrap().rule;
    for check in soft {
        assert_eq!(
            (check.level.to_string().as_str(), &check.rule),
            ("warn", &rule)
        );
    }
    assert_eq!(last.level.to_string(), "error");
}
